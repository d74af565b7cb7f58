/** Every program that the runner knows by name. */
import type { PresetName } from '../../config/run-schema.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { copilot } from './copilot.ts';
import { gemini } from './gemini.ts';
import { kimi } from './kimi.ts';
import { ollama } from './ollama.ts';
import { opencode } from './opencode.ts';
import type { Preset } from './preset.ts';

export const presets: Readonly<Record<PresetName, Preset>> = {
  'claude-code': claudeCode,
  copilot,
  kimi,
  gemini,
  codex,
  opencode,
  ollama,
};
