import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lazyFederation } from '../../src/mcp/lazy-federation.ts';
import { FakeFederation } from '../support/mcp-fake-federation.ts';

describe('a federation that is loaded when it is needed', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function prepared() {
    const calls: string[] = [];
    const open = async () => {
      calls.push('open');
      return new FakeFederation();
    };
    const readProgram = async () => {
      calls.push('read');
      throw new Error('a file of the program is missing');
    };
    return { calls, lazy: lazyFederation(open, readProgram) };
  }

  it('reads the program once, a moment after it was asked to, and opens nothing; a failure is left to the load', async () => {
    const { calls, lazy } = prepared();
    lazy.prepare();
    lazy.prepare();
    expect(calls).toEqual([]);
    await vi.runAllTimersAsync();
    expect(calls).toEqual(['read']);
    expect(lazy.loaded).toBeNull();
    await lazy.load();
    expect(calls).toEqual(['read', 'open']);
  });

  it('reads nothing where a load has begun meanwhile, or the client is gone', async () => {
    const { calls, lazy } = prepared();
    lazy.prepare();
    await lazy.load();
    await vi.runAllTimersAsync();
    expect(calls).toEqual(['open']);

    const ended = prepared();
    ended.lazy.prepare();
    await ended.lazy.close();
    await vi.runAllTimersAsync();
    expect(ended.calls).toEqual([]);
  });
});
