/** Our own tools for a model on this machine: the same objects that clients call over MCP. */
import { inTools } from '../domain/advice.ts';
import { parseArguments } from '../arguments/parse-arguments.ts';
import type { ToolContext, ToolDefinition } from '../define-tool.ts';
import type { LocalTool } from './local-tool.ts';

/** What a run needs; small models lose their way among many. */
const offered: ReadonlySet<string> = new Set([
  'complete_task',
  'review_task',
  'release_task',
  'report_progress',
  'queue_task',
  'get_task',
]);

export function federationTools(tools: readonly ToolDefinition[], context: ToolContext): readonly LocalTool[] {
  return tools
    .filter(({ name }) => offered.has(name))
    .map((tool) => ({
      name: tool.name,
      description: tool.description,
      input: tool.input,
      run: async (given) => {
        const result = await tool.handle(parseArguments(tool, given), context);
        return JSON.stringify({ ...result, next: inTools(result.next) });
      },
    }));
}
