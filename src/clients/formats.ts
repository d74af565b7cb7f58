import type { Place } from './client.ts';
import { jsonText } from '../config/json-text.ts';
import type { TextFormat } from '../config/text-format.ts';
import { tomlText } from './toml-text.ts';

export const formats: Readonly<Record<Place['format'], TextFormat>> = { json: jsonText, toml: tomlText };
