import type { User } from './entities.ts'
import type { AccountHands } from './hand-types.ts'
import { newPipeline } from './seed.ts'
import type { World } from './world.ts'

/** Users, pipelines, fields and switches. */
export function createAccountHands(world: World): AccountHands {
  const existingUser = (id: number): User => {
    const user = world.users.find((candidate) => candidate.id === id)
    if (user === undefined) throw new Error(`the sandbox has no user ${id}`)
    return user
  }
  const existingPipeline = (id: number) => {
    const pipeline = world.pipelines.find((candidate) => candidate.id === id)
    if (pipeline === undefined) throw new Error(`the sandbox has no pipeline ${id}`)
    return pipeline
  }

  return {
    addUser(user) {
      const id = user.id ?? world.nextId('users')
      world.users.push({
        id,
        name: user.name,
        email: `user${id}@acme.example`,
        admin: user.admin ?? false,
        active: true,
        ...(user.view === undefined ? {} : { view: user.view }),
      })
      return id
    },
    deactivateUser(id) {
      existingUser(id).active = false
    },
    reactivateUser(id) {
      existingUser(id).active = true
    },
    setRights(id, rights) {
      Object.assign(existingUser(id), rights)
    },
    switchUnsorted(on, pipeline) {
      if (pipeline === undefined) world.account.unsortedOn = on
      else existingPipeline(pipeline).unsortedOn = on
    },
    unsortedOn: () => world.account.unsortedOn,
    switchApiFilter(on) {
      world.account.apiFilterOn = on
    },
    addPipeline({ name, stages }) {
      const pipeline = newPipeline({ id: world.nextId('pipelines'), name, main: false, stages })
      world.pipelines.push(pipeline)
      return pipeline.id
    },
    archivePipeline(id) {
      existingPipeline(id).archived = true
    },
    addField(type, field) {
      const definition = {
        id: world.nextId('fields'),
        name: field.name,
        code: field.code ?? null,
        type: field.type,
        enums: (field.values ?? []).map((code) => ({ id: world.nextId('enums'), code })),
      }
      world.fields[type].push(definition)
      return definition
    },
    removeField(type, id) {
      const index = world.fields[type].findIndex((field) => field.id === id)
      if (index < 0) throw new Error(`the sandbox has no field ${id} of ${type}`)
      world.fields[type].splice(index, 1)
      // The values go with the field, from every card.
      for (const entity of world[type].values()) entity.fields = entity.fields.filter(({ field }) => field.id !== id)
    },
  }
}
