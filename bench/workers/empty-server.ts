/** The baseline: a server on the same SDK with one tool that does nothing. */
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

serveStdio(() => {
  const server = new McpServer({ name: 'empty', version: '1.0.0' });
  server.registerTool('empty', { description: 'Does nothing' }, () => ({ content: [] }));
  return server;
});
