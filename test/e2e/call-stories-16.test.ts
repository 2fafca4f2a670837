import { tellStories } from './_call-stories.ts'

// CEL as FreePBX has it: whole seconds, seven applications.
tellStories({ asterisk: '16', cel: 'freepbx' })
