import type { Department } from '../graphql/departments'
import { secondsOf, toDuration } from '../time/duration'
import type { DepartmentInput } from './departments.svelte'
import { problemOf, toHours, toWeek, weekdays, type Week } from './week'

const day = 86_400

/** What is being written about a department; times in the units that people set them in. */
export class DepartmentDraft {
  name = $state('')
  slug = $state('')
  active = $state(true)
  position = $state(1)
  cpfPolicy = $state<Department['cpfPolicy']>('REQUIRED')
  routing = $state<Department['routing']>('MANUAL')
  waitTargetSeconds = $state(60)
  warnMinutes = $state(5)
  closeMinutes = $state(10)
  abandonMinutes = $state(5)
  week = $state<Week>(toWeek([]))
  whenClosed = $state<Department['whenClosed']>('QUEUE')
  outOfHoursMessage = $state('')
  /** Days; null: as long as the deployment keeps chats. */
  retentionDays = $state<number | null>(null)

  constructor(department: Department | null, position: number) {
    this.name = department?.name ?? ''
    this.slug = department?.slug ?? ''
    this.active = department?.active ?? true
    this.position = department?.position ?? position
    this.cpfPolicy = department?.cpfPolicy ?? 'REQUIRED'
    this.routing = department?.routing ?? 'MANUAL'
    this.waitTargetSeconds = secondsOf(department?.waitTarget, 60)
    this.warnMinutes = secondsOf(department?.warnAfter, 300) / 60
    this.closeMinutes = secondsOf(department?.closeAfter, 600) / 60
    this.abandonMinutes = secondsOf(department?.abandonAfter, 300) / 60
    this.week = toWeek(department?.hours ?? [])
    this.whenClosed = department?.whenClosed ?? 'QUEUE'
    this.outOfHoursMessage = department?.outOfHoursMessage ?? ''
    this.retentionDays = department?.chatRetention ? secondsOf(department.chatRetention, 0) / day : null
  }

  /** The hours of every day can be told to the server. */
  get hoursFit(): boolean {
    return weekdays.every((day) => !problemOf(this.week[day]))
  }

  input(): DepartmentInput {
    return {
      name: this.name.trim(),
      slug: this.slug.trim(),
      active: this.active,
      position: this.position,
      cpfPolicy: this.cpfPolicy,
      routing: this.routing,
      waitTarget: toDuration(this.waitTargetSeconds),
      warnAfter: toDuration(this.warnMinutes * 60),
      closeAfter: toDuration(this.closeMinutes * 60),
      abandonAfter: toDuration(this.abandonMinutes * 60),
      hours: toHours(this.week),
      whenClosed: this.whenClosed,
      outOfHoursMessage: this.outOfHoursMessage.trim(),
      chatRetention: toDuration((this.retentionDays ?? 0) * day),
    }
  }
}
