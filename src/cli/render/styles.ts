import type { Style } from '../terminal.ts';

export function statusStyle(status: string): Style | null {
  switch (status) {
    case 'in-progress':
    case 'active':
      return 'cyan';
    case 'completed':
    case 'decided':
      return 'green';
    case 'failed':
      return 'red';
    case 'escalated':
      return 'yellow';
    case 'cancelled':
      return 'dim';
    default:
      return null;
  }
}

export function priorityStyle(priority: string): Style | null {
  switch (priority) {
    case 'critical':
      return 'red';
    case 'high':
      return 'yellow';
    case 'low':
      return 'dim';
    default:
      return null;
  }
}
