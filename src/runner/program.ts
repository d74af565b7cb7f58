/** What is started for an agent: its preset, or the command of its configuration, behind one interface. */
import type { RunSettings } from '../config/run-schema.ts';
import type { AgentName } from '../domain/names.ts';
import { fillIn, plainReader, takesPrompt, type TemplateValues } from './presets/command.ts';
import { presets } from './presets/index.ts';
import type { Launch, Order, Preset, StreamReader } from './presets/preset.ts';

export interface AgentProgram {
  readonly agent: AgentName;
  /** In events and lists. */
  readonly name: string;
  /** As it is looked for; null: a part of ours, run by Node. */
  readonly program: string | null;
  readonly settings: RunSettings;
  readonly settle: 'agent' | 'exit';
  readonly preset: Preset | null;
  readonly environment: readonly string[];
  readonly interrupt: 'SIGTERM' | 'SIGINT';
  readonly launch: (order: Order, values: TemplateValues) => Launch & { readonly stdin: boolean };
  readonly reader: (now: () => number) => StreamReader;
}

/** Of an agent with a `run` in the configuration. */
export function programOf(agent: AgentName, settings: RunSettings): AgentProgram {
  const { preset: name, command } = settings;
  const preset = name === undefined ? null : presets[name];
  if (preset !== null) {
    return {
      agent,
      name: preset.name,
      program: preset.program,
      settings,
      settle: settings.settle ?? 'agent',
      preset,
      environment: [...preset.environment, ...settings.env],
      interrupt: preset.interrupt,
      launch: (order) => ({ stdin: preset.readsPrompt, ...preset.launch(order) }),
      reader: (now) => preset.reader(now),
    };
  }
  const [program = '', ...args] = command ?? [];
  return {
    agent,
    name: program,
    program,
    settings,
    settle: settings.settle ?? 'exit',
    preset: null,
    environment: settings.env,
    interrupt: 'SIGTERM',
    launch: (_order, values) => ({
      args: [...fillIn(args, values), ...settings.args],
      stdin: !takesPrompt(args),
    }),
    reader: plainReader,
  };
}
