/**
 * Types Asterisk need not send: nobody here reads them. `ChannelVarset` and `ChannelDialplan` alone are half to two thirds of
 * the stream (measured on 22.10); what they tell comes with `channelvars` and the next channel object. A list of what is
 * refused, not of what is wanted: a type that a newer Asterisk adds still comes. Names that an older one does not know are
 * taken without complaint (measured on 16.28 and 22.10).
 */
export const unreadEvents: readonly string[] = [
  'ChannelVarset',
  'ChannelDialplan',
  'BridgeCreated',
  'BridgeMerged',
  'BridgeVideoSourceChanged',
  'ChannelTalkingStarted',
  'ChannelTalkingFinished',
  'ChannelToneDetected',
  'PlaybackStarted',
  'PlaybackContinuing',
  'PlaybackFinished',
  'RecordingFinished',
  'RecordingFailed',
]
