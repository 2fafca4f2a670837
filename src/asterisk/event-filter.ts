/**
 * Types Asterisk need not send: nobody here reads them. `ChannelVarset` and `ChannelDialplan` alone are half to two thirds of
 * the stream (measured on 22.10). A list of what is refused, not of what is wanted: a type that a newer Asterisk adds still comes.
 */
export const unreadEvents: readonly string[] = ['ChannelVarset', 'ChannelDialplan']
