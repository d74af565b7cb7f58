/** Every program that the runner knows by name. */
import type { PresetName } from '../../config/run-schema.ts';
import { claudeCode } from './claude-code.ts';
import type { Preset } from './preset.ts';

export const presets: Readonly<Partial<Record<PresetName, Preset>>> = {
  'claude-code': claudeCode,
};
