import { z } from 'zod'
import { customFields, mergeFields } from '../envelope/custom-field-values.ts'
import { authorId, entityWrite, tagsOf, tagWrite } from '../envelope/entity-schema.ts'
import { nullIsNothing, readBack } from '../envelope/read-back.ts'
import { type Entity, type EntityType, type FieldValues, singular } from '../state/entities.ts'
import type { World } from '../state/world.ts'
import type { ApiRequest } from '../transport/route-table.ts'

/** Keys a PATCH takes besides those of a create. */
export function entityPatch(world: World, type: EntityType) {
  return {
    ...entityWrite(world, type),
    ...readBack(type),
    custom_fields_values: nullIsNothing(customFields(world, type)).optional(),
    tags_to_delete: z.array(tagWrite).optional(),
    created_by: authorId(world).optional(),
  }
}

interface CommonPatch {
  readonly name?: string | undefined
  readonly responsible_user_id?: number | undefined
  readonly updated_by?: number | undefined
  readonly created_at?: number | undefined
  readonly custom_fields_values?: readonly FieldValues[] | undefined
  readonly tags_to_add?: readonly z.output<typeof tagWrite>[] | undefined
  readonly tags_to_delete?: readonly z.output<typeof tagWrite>[] | undefined
  readonly _embedded?: { readonly tags?: readonly z.output<typeof tagWrite>[] | undefined } | undefined
}

/** Applies the keys all entities share: a sent field replaces all its values, `_embedded.tags` replaces the whole set. */
export function applyCommon(world: World, request: ApiRequest, entity: Entity, patch: CommonPatch): void {
  const by = patch.updated_by ?? request.user
  const ownerBefore = entity.responsibleUser
  entity.name = patch.name ?? entity.name
  entity.responsibleUser = patch.responsible_user_id ?? entity.responsibleUser
  entity.createdAt = patch.created_at ?? entity.createdAt
  if (patch.custom_fields_values !== undefined) entity.fields = mergeFields(entity.fields, patch.custom_fields_values)
  if (patch._embedded?.tags !== undefined) entity.tags = tagsOf(world, patch._embedded.tags, entity.tags)
  const added = tagsOf(world, patch.tags_to_add ?? [], entity.tags)
  entity.tags = [...entity.tags.filter(({ id }) => !added.some((tag) => tag.id === id)), ...added]
  const dropped = patch.tags_to_delete ?? []
  entity.tags = entity.tags.filter((tag) => !dropped.some(({ id, name }) => id === tag.id || name === tag.name))
  const passed = entity.responsibleUser !== ownerBefore
  world.touch(entity, by, passed ? ownerBefore : undefined)
  if (!passed) return
  world.changes.tell({ kind: 'responsible', entity, oldResponsible: ownerBefore })
  world.record({
    type: 'entity_responsible_changed',
    entityType: singular[entity.type],
    entityId: entity.id,
    createdBy: by,
    after: [{ responsible_user: { id: entity.responsibleUser } }],
    before: [{ responsible_user: { id: ownerBefore } }],
  })
}
