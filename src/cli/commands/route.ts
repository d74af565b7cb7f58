import { type Command, Option } from 'commander';
import { type RoutingStrategy, routingStrategies } from '../../domain/routing/router.ts';
import { adviceFor } from '../../views/routing-view.ts';
import { fullRouting } from '../../views/task-views.ts';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderComparison, renderRouting } from '../render/render-routing.ts';
import { UsageError } from '../report-error.ts';
import { withSession } from '../session.ts';
import { addRouteEvaluate } from './route-evaluate.ts';
import { addRouteTrain } from './route-train.ts';

interface RouteOptions {
  readonly type?: string;
  readonly explain?: boolean;
  readonly compare?: boolean;
  readonly strategy?: RoutingStrategy;
  readonly agent?: string;
}

export function addRoute(program: Command, host: Host): void {
  const route = program
    .command('route')
    .summary('ask who should do a task')
    .description('Whom the router would choose, and why. Queues nothing: fed queue add --to auto does.')
    .argument('[text...]', 'what is to be done; - for standard input')
    .option('--type <slug>', 'what kind of work')
    .option('--explain', 'everything that speaks for the choice')
    .option('--compare', 'the choice of each strategy')
    .addOption(new Option('--strategy <name>', 'another than the configured one').choices(routingStrategies))
    .option('--agent <name>', 'force the choice: how sure would the router be of this one?')
    .addHelpText(
      'after',
      examples(
        'fed route "Deploy the new parser to staging"',
        'fed route Fix the flaky test --type testing --explain',
        'fed route "Write the release notes" --compare',
        'fed route evaluate labelled.tsv',
      ),
    )
    .action(async (words: readonly string[], options: RouteOptions, command: Command) => {
      const text = words.length === 1 && words[0] === '-' ? await host.readInput() : words.join(' ');
      if (text.trim() === '') throw new UsageError('Expected a text, got none', 'Say what is to be done, in quotes.');
      if (options.compare === true && (options.agent !== undefined || options.strategy !== undefined)) {
        throw new UsageError('--compare asks every strategy', 'Leave out --strategy and --agent, or --compare.');
      }
      await withSession(host, command, async ({ federation, call, show }) => {
        const { type, strategy, agent } = options;
        if (options.compare === true) {
          const result = await call('route_task', { description: text, type, compare: true });
          show(result, (terminal) => renderComparison(result, terminal));
          return;
        }
        const result =
          agent === undefined
            ? await call('route_task', { description: text, type, strategy })
            : {
                ...fullRouting(await adviceFor(federation, { description: text, type, strategy, agent })),
                next: `Queue it for ${agent} with fed queue add --to ${agent}.`,
              };
        show(result, (terminal) => renderRouting(result, options.explain === true, terminal));
      });
    });
  // Commander takes them for its own wherever they stand, and the commands below would ignore them.
  route.hook('preSubcommand', (_route, subcommand) => {
    const given = route.options.find((option) => route.getOptionValueSource(option.attributeName()) === 'cli');
    if (given === undefined) return;
    const name = subcommand.name();
    throw new UsageError(
      `${given.long ?? given.flags} is an option of fed route itself, not of fed route ${name}`,
      `Leave it out; fed route ${name} --help says what there is.`,
    );
  });
  addRouteTrain(route, host);
  addRouteEvaluate(route, host);
}
