/** Waits for work, but no longer than `limit` milliseconds. */
export async function within(limit: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([work(), late]);
  clearTimeout(timer);
}
