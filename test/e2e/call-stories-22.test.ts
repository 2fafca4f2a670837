import { tellStories } from './_call-stories.ts'

// CEL of a stock schema; what FreePBX's would have said is taken from it.
tellStories({ asterisk: '22', cel: 'fractions' })
