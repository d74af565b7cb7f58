/** The programs that are compared, one row each. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverFile } from '../support/lab.ts';
import { type Peer, type Place, wordsOf } from './peer.ts';

const ours: Peer = {
  name: 'federation-mcp',
  package: null,
  started: '`node dist/src/main.js --as NAME --dir FOLDER`',
  prepare: ({ project }) => {
    const folder = join(project, '.federation');
    mkdirSync(folder);
    // Agents that may queue and hold as many tasks as are made here.
    const names = ['creator', 'claimer-1', 'claimer-2', 'claimer-3', 'claimer-4'];
    const agents = Object.fromEntries(names.map((name) => [name, { types: ['implementation'], capacity: 100 }]));
    const limits = { automatic_per_hour: 1_000_000 };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ agents, limits }));
  },
  start: ({ project }, who) => ({
    command: process.execPath,
    args: [serverFile, '--as', who, '--dir', join(project, '.federation')],
  }),
  create: (mark) => ({ tool: 'queue_task', args: { description: wordsOf(mark), type: 'implementation' } }),
  idIn: /task-[\d-]+/,
  list: (limit, _place, next) => ({
    tool: 'list_tasks',
    args: { limit: Math.min(limit, 100), ...(next === null ? {} : { cursor: next }) },
  }),
  nextIn: /"next_cursor": ?"([^"]+)"/,
  claim: (task_id) => ({ tool: 'claim_task', args: { task_id } }),
  isGiven: () => true,
};

function backlogProgram({ installed }: Place): string {
  return join(installed, 'node_modules/.bin/backlog');
}

const backlog: Peer = {
  name: 'Backlog.md',
  package: { name: 'backlog.md', versions: '1.52.x' },
  started: '`backlog mcp start`, after `backlog init bench --defaults --integration-mode none --no-git`',
  prepare: (place) => {
    const words = ['init', 'bench', '--defaults', '--integration-mode', 'none', '--no-git'];
    execFileSync(backlogProgram(place), words, { cwd: place.project, stdio: 'ignore' });
  },
  start: (place) => ({ command: backlogProgram(place), args: ['mcp', 'start'] }),
  create: (mark) => ({ tool: 'task_create', args: { title: mark, description: wordsOf(mark) } }),
  idIn: /TASK-\d+/,
  list: (limit) => ({ tool: 'task_list', args: { limit } }),
  claim: (id, who) => ({ tool: 'task_edit', args: { id, status: 'In Progress', assignee: [who] } }),
  isGiven: () => true,
  claimNote: 'has no claims; `task_edit` with an assignee and In Progress instead',
};

const taskMaster: Peer = {
  name: 'Task Master',
  package: { name: 'task-master-ai', versions: '0.43.x' },
  started: '`task-master-ai` with TASK_MASTER_TOOLS=all; no telemetry',
  prepare: ({ project }) => {
    mkdirSync(join(project, '.taskmaster/tasks'), { recursive: true });
    const global = { anonymousTelemetry: false, logLevel: 'error', defaultTag: 'master' };
    writeFileSync(join(project, '.taskmaster/config.json'), JSON.stringify({ models: {}, global }));
    const tasks = { master: { tasks: [], metadata: { description: 'bench' } } };
    writeFileSync(join(project, '.taskmaster/tasks/tasks.json'), JSON.stringify(tasks));
  },
  start: ({ installed }) => ({
    command: process.execPath,
    args: [join(installed, 'node_modules/task-master-ai/dist/mcp-server.js')],
    env: { TASK_MASTER_TOOLS: 'all' },
  }),
  // With a title and a description no model is asked.
  create: (mark, { project }) => ({
    tool: 'add_task',
    args: { projectRoot: project, title: mark, description: wordsOf(mark), priority: 'medium' },
  }),
  idIn: /"taskId":\s*(\d+)/,
  list: (_limit, { project }) => ({ tool: 'get_tasks', args: { projectRoot: project } }),
  claim: (id, _who, { project }) => ({
    tool: 'set_task_status',
    args: { projectRoot: project, id, status: 'in-progress' },
  }),
  isGiven: () => true,
  claimNote: 'has no claims; `set_task_status` in-progress instead',
};

const shrimp: Peer = {
  name: 'Shrimp',
  package: { name: 'mcp-shrimp-task-manager', versions: '1.0.21' },
  started: '`mcp-shrimp-task-manager` with DATA_DIR in the project',
  prepare: () => {},
  start: ({ installed, project }) => ({
    command: process.execPath,
    args: [join(installed, 'node_modules/mcp-shrimp-task-manager/dist/index.js')],
    env: { DATA_DIR: join(project, 'data'), TEMPLATES_USE: 'en', ENABLE_GUI: 'false' },
  }),
  create: (mark) => {
    const task = { name: mark, description: wordsOf(mark), implementationGuide: 'As described.' };
    return {
      tool: 'split_tasks',
      args: { updateMode: 'append', globalAnalysisResult: 'bench', tasksRaw: JSON.stringify([task]) },
    };
  },
  idIn: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/,
  list: () => ({ tool: 'list_tasks', args: { status: 'all' } }),
  claim: (taskId) => ({ tool: 'execute_task', args: { taskId } }),
  // Where it is in progress already, a sentence in Chinese says so.
  isGiven: (answer) => !answer.includes('已經處於進行中狀態'),
  claimNote: 'has no owner; `execute_task` instead, which says when a task is in progress',
};

const claudeFlow: Peer = {
  name: 'claude-flow',
  package: { name: 'claude-flow', versions: '3.43.x' },
  started: '`claude-flow mcp start`',
  prepare: () => {},
  start: ({ installed }) => ({
    command: process.execPath,
    args: [join(installed, 'node_modules/claude-flow/bin/cli.js'), 'mcp', 'start'],
  }),
  create: (mark) => ({ tool: 'task_create', args: { type: 'feature', description: wordsOf(mark) } }),
  idIn: /task-\d+-[0-9a-z]+/,
  list: (limit) => ({ tool: 'task_list', args: { limit } }),
  claim: (issueId, who) => ({ tool: 'claims_claim', args: { issueId, claimant: `agent:${who}:coder` } }),
  isGiven: (answer) => /\\?"success\\?":\s*true/.test(answer),
};

export const peers: readonly Peer[] = [ours, backlog, taskMaster, shrimp, claudeFlow];
