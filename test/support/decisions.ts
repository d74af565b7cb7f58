/**
 * Ten decisions as a small team meets them, with what each agent would say.
 * Written before they were run: who disagrees, and how surely, is not arranged
 * so that a vote comes out.
 */
interface Stance {
  readonly choice: string;
  readonly confidence: number;
  readonly reasoning: string;
}

export interface Decision {
  readonly question: string;
  readonly options: readonly string[];
  readonly topic: string;
  readonly stakes?: 'low' | 'normal' | 'high';
  readonly method?: 'weighted' | 'majority' | 'approval' | 'ranked';
  readonly stances: Readonly<Record<'claude' | 'copilot' | 'kimi', Stance>>;
}

function stance(choice: string, confidence: number, reasoning: string): Stance {
  return { choice, confidence, reasoning };
}

export const decisions: readonly Decision[] = [
  {
    question: 'Which router should the new dashboard use?',
    options: ['app-router', 'pages-router'],
    topic: 'web',
    stances: {
      claude: stance('app-router', 0.85, 'Streaming and nested layouts are what the dashboard is made of.'),
      copilot: stance('app-router', 0.9, 'New code; the examples and types are written for it.'),
      kimi: stance('pages-router', 0.7, 'The team has run it for two years.'),
    },
  },
  {
    question: 'Which language should the import scripts be written in?',
    options: ['python', 'typescript'],
    topic: 'tooling',
    stances: {
      claude: stance('python', 0.8, 'The parsers exist there and are tested.'),
      copilot: stance('typescript', 0.8, 'One toolchain for everything.'),
      kimi: stance('python', 0.8, 'The data people can read it.'),
    },
  },
  {
    question: 'Where does the session store live?',
    options: ['postgres', 'redis', 'signed cookies'],
    topic: 'storage',
    stances: {
      claude: stance('postgres', 0.75, 'It is there, and 40 writes a second are nothing.'),
      copilot: stance('redis', 0.7, 'Expiry comes for free.'),
      kimi: stance('postgres', 0.8, 'One thing less to run and back up.'),
    },
  },
  {
    question: 'Should the flaky upload test be fixed or quarantined before the release?',
    options: ['fix now', 'quarantine'],
    topic: 'testing',
    stances: {
      claude: stance('fix now', 0.8, 'It fails on a real race: the temporary file is renamed twice.'),
      copilot: stance('fix now', 0.75, 'Two lines; a quarantined test is never looked at again.'),
      kimi: stance('fix now', 0.85, 'I can reproduce it in one of eight runs.'),
    },
  },
  {
    question: 'How is the public API versioned?',
    options: ['in the path', 'by header', 'not at all'],
    topic: 'api',
    method: 'majority',
    stances: {
      claude: stance('in the path', 0.8, 'Visible in every log line and cache key.'),
      copilot: stance('in the path', 0.85, 'What clients of ours already do.'),
      kimi: stance('by header', 0.75, 'Links stay stable.'),
    },
  },
  {
    question: 'Which of the three layouts goes into the usability test?',
    options: ['sidebar', 'tabs', 'command palette'],
    topic: 'design',
    method: 'ranked',
    stances: {
      claude: stance('sidebar', 0.75, 'Most destinations, all visible.'),
      copilot: stance('sidebar', 0.8, 'Least code to throw away.'),
      kimi: stance('tabs', 0.7, 'Works on a phone.'),
    },
  },
  {
    question: 'Upgrade to Node 24 in this sprint?',
    options: ['yes', 'no'],
    topic: 'platform',
    stances: {
      claude: stance('yes', 0.8, 'All dependencies state support; the suite passes.'),
      copilot: stance('no', 0.6, 'Nothing we need is in it.'),
      kimi: stance('yes', 0.85, 'Deployed to staging for a week without a finding.'),
    },
  },
  {
    question: 'Two designs for the cache are about as good; which one?',
    options: ['write-through', 'write-behind'],
    topic: 'storage',
    stances: {
      claude: stance('write-through', 0.6, 'Simpler to reason about, but slower.'),
      copilot: stance('write-behind', 0.65, 'Faster, with a window for loss.'),
      kimi: stance('abstain', 0.5, 'I have no numbers for either.'),
    },
  },
  {
    question: 'Name of the new package?',
    options: ['ledger', 'journal', 'chronicle'],
    topic: 'naming',
    stakes: 'low',
    stances: {
      claude: stance('journal', 0.8, 'What the code calls it already.'),
      copilot: stance('journal', 0.9, 'Matches the folder.'),
      kimi: stance('ledger', 0.7, 'Shorter.'),
    },
  },
  {
    question: 'Retry failed webhooks for how long?',
    options: ['1 hour', '1 day', '3 days'],
    topic: 'operations',
    stances: {
      claude: stance('1 day', 0.75, 'Covers a night and a time zone.'),
      copilot: stance('1 day', 0.7, 'What the payment provider does.'),
      kimi: stance('3 days', 0.8, 'Weekends.'),
    },
  },
];
