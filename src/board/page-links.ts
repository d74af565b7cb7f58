/** Pages in the order of the bar, with the letter that goes there after `g`. */
import type { PageName } from '../views/pages/page.ts';

interface PageLink {
  readonly page: PageName;
  readonly href: string;
  readonly title: string;
  readonly letter: string;
}

export const pageLinks: readonly PageLink[] = [
  { page: 'needs', href: '/', title: 'Needs you', letter: 'n' },
  { page: 'queue', href: '/queue', title: 'Queue', letter: 'q' },
  { page: 'timeline', href: '/timeline', title: 'Timeline', letter: 't' },
  { page: 'graph', href: '/graph', title: 'Graph', letter: 'g' },
  { page: 'votes', href: '/votes', title: 'Votes', letter: 'v' },
  { page: 'landing', href: '/landing', title: 'Landing', letter: 'b' },
  { page: 'metrics', href: '/metrics', title: 'Metrics', letter: 'm' },
  { page: 'agents', href: '/agents', title: 'Agents', letter: 'a' },
  { page: 'log', href: '/log', title: 'Log', letter: 'l' },
];
