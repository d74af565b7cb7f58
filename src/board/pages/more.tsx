import { useBoard } from '../context.ts';
import { pageLinks } from '../page-links.ts';
import { Head } from '../parts.tsx';

/** What the bar and the tabs of a phone have no room for. */
export function More() {
  const { shell, onPalette, onTheme, onHelp } = useBoard();
  return (
    <>
      <Head title="More" />
      <ul class="more">
        {pageLinks
          .filter(({ page }) => ['graph', 'landing', 'metrics', 'agents', 'log'].includes(page))
          .map(({ page, href, title }) => (
            <li key={page}>
              <a href={href}>{title}</a>
            </li>
          ))}
        <li>
          <button type="button" onClick={onPalette}>
            Search
          </button>
        </li>
        <li>
          <button type="button" onClick={onTheme}>
            Light or dark
          </button>
        </li>
        <li class="dk">
          <button type="button" onClick={onHelp}>
            Keys
          </button>
        </li>
        <li>
          <form method="post" action="/sign-out">
            <button type="submit" class="btn">
              Sign out {shell.reader.name}
            </button>
          </form>
        </li>
      </ul>
    </>
  );
}
