/**
 * How often an agent is right when it says how sure it is.
 *
 * From every judged ballot we keep its stated confidence and whether its choice
 * was right: per agent and topic, per agent, and over all agents. From these
 * counts follows a map from stated confidence c to calibrated probability
 *
 *     p = σ(level + slope · (logit c − logit 0.85)),   slope ≥ 0,   logit c = ln(c / (1 − c))
 *
 * (Platt 1999, on the log-odds of the confidence), which is monotone. The level
 * is that at 0.85, in the middle of what agents state, so that level and slope
 * can be told apart by few ballots. The maps form a chain. All agents' starts
 * from "what is stated is true" (logit 0.85, 1); an agent's starts from all agents'; a topic's from its agent's. Starting means a
 * normal prior around the parent's parameters, so a few ballots hardly move a
 * map and hundreds decide it. A third parameter (beta calibration, Kull et al.
 * 2017) made no difference beyond 0.02 points after 30 to 200 judged votes in
 * the benchmark's world, whose true map is not of this shape.
 *
 * Records are plain JSON of integers: adding a ballot and taking it back are
 * exact and orders do not matter.
 */
import type { AgentName } from '../tasks/task.ts';
import type { Thousandths } from './vote.ts';

/** Judged ballots by stated confidence. */
export interface ReliabilityRecord {
  readonly ballots: number;
  readonly right: number;
  /** Sum of stated confidence, in thousandths. */
  readonly stated: number;
  /** Sum of (confidence − right)², in millionths: the Brier score is this / ballots / 10⁶. */
  readonly squared_error: number;
  /** Hundredth of stated confidence ("0" to "100") → [ballots, of these right]. */
  readonly bins: { readonly [hundredth: string]: readonly [number, number] };
}

export interface AgentReliability {
  readonly overall: ReliabilityRecord;
  readonly topics: { readonly [topic: string]: ReliabilityRecord };
}

export interface CalibrationRecord {
  readonly everyone: ReliabilityRecord;
  readonly agents: { readonly [agent: string]: AgentReliability };
}

/** One judged ballot. */
export interface Observation {
  readonly agent: AgentName;
  readonly topic: string | null;
  readonly confidence: Thousandths;
  readonly right: boolean;
}

/** `p = σ(level + slope · (logit(stated) − logit(0.85)))`. */
export interface ConfidenceMap {
  readonly level: number;
  readonly slope: number;
}

/** Gives the calibrated probability, 0 to 1, that an agent's choice is right. */
export type Calibrator = (agent: AgentName, topic: string | null, confidence: Thousandths) => number;

const emptyReliability: ReliabilityRecord = { ballots: 0, right: 0, stated: 0, squared_error: 0, bins: {} };

export const emptyCalibration: CalibrationRecord = { everyone: emptyReliability, agents: {} };

/**
 * Standard deviations of the priors. All agents' is wide: its data are many.
 * The other is how far an agent is thought to differ from the rest and a topic
 * from its agent: 0.5 moves 0.80 to between 0.71 and 0.87. Between 0.3 and 1.0
 * the accuracy after 200 judged votes changes by less than 0.1 points.
 */
const wide = { level: 2, slope: 1 };
const close = { level: 0.5, slope: 0.3 };

/** Stated confidence is read as at least 0.005 and at most 0.995: 0 and 1 have no log-odds. */
const clip = 0.005;

function logit(confidence: number): number {
  const c = Math.min(1 - clip, Math.max(clip, confidence));
  return Math.log(c / (1 - c));
}

const pivot = logit(0.85);

const identityMap: ConfidenceMap = { level: pivot, slope: 1 };

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function changeReliability(record: ReliabilityRecord, seen: Observation, by: 1 | -1): ReliabilityRecord {
  const hundredth = String(Math.round(seen.confidence / 10));
  const { [hundredth]: bin = [0, 0] as const, ...others } = record.bins;
  const count = bin[0] + by;
  const right = seen.right ? by : 0;
  return {
    ballots: record.ballots + by,
    right: record.right + right,
    stated: record.stated + by * seen.confidence,
    squared_error: record.squared_error + by * (seen.confidence - (seen.right ? 1000 : 0)) ** 2,
    bins: count === 0 ? others : { ...others, [hundredth]: [count, bin[1] + right] },
  };
}

/**
 * The record with one judged ballot more (`by` 1) or less (`by` −1). Taking
 * back is only for what was added before. The given record is not changed.
 */
export function changeCalibration(record: CalibrationRecord, seen: Observation, by: 1 | -1): CalibrationRecord {
  const agent = record.agents[seen.agent] ?? { overall: emptyReliability, topics: {} };
  const overall = changeReliability(agent.overall, seen, by);
  const everyone = changeReliability(record.everyone, seen, by);
  const { [seen.agent]: _agent, ...otherAgents } = record.agents;
  if (overall.ballots === 0) return { everyone, agents: otherAgents };
  let topics = agent.topics;
  if (seen.topic !== null) {
    const { [seen.topic]: before = emptyReliability, ...otherTopics } = topics;
    const topic = changeReliability(before, seen, by);
    topics = topic.ballots === 0 ? otherTopics : { ...otherTopics, [seen.topic]: topic };
  }
  return { everyone, agents: { ...otherAgents, [seen.agent]: { overall, topics } } };
}

/**
 * The most probable map given the counts and the prior, by Newton's method on
 * two parameters. The prior makes the problem strictly concave; steps are held
 * to 1 so that a far start cannot overshoot.
 */
function fitMap(record: ReliabilityRecord, prior: ConfidenceMap, spread: ConfidenceMap): ConfidenceMap {
  if (record.ballots === 0) return prior;
  const points = Object.entries(record.bins).map(([hundredth, [count, right]]) => ({
    x: logit(Number(hundredth) / 100) - pivot,
    count,
    right,
  }));
  const holdLevel = 1 / spread.level ** 2;
  const holdSlope = 1 / spread.slope ** 2;
  const climb = (start: ConfidenceMap, slopeFixed: boolean): ConfidenceMap => {
    let { level, slope } = start;
    for (let round = 0; round < 50; round += 1) {
      let g0 = -holdLevel * (level - prior.level);
      let g1 = -holdSlope * (slope - prior.slope);
      let h00 = holdLevel;
      let h01 = 0;
      let h11 = holdSlope;
      for (const { x, count, right } of points) {
        const q = sigmoid(level + slope * x);
        const residual = right - count * q;
        const curve = count * q * (1 - q);
        g0 += residual;
        g1 += residual * x;
        h00 += curve;
        h01 += curve * x;
        h11 += curve * x * x;
      }
      const determinant = h00 * h11 - h01 * h01;
      const up = slopeFixed ? g0 / h00 : (g0 * h11 - g1 * h01) / determinant;
      const tilt = slopeFixed ? 0 : (g1 * h00 - g0 * h01) / determinant;
      const shorten = 1 / Math.max(1, Math.abs(up), Math.abs(tilt));
      level += up * shorten;
      slope += tilt * shorten;
      if (Math.abs(up) + Math.abs(tilt) < 1e-9) break;
    }
    return { level, slope };
  };
  const free = climb(prior, false);
  // Surer and less often right: then confidence says nothing, and the map is flat.
  return free.slope >= 0 ? free : climb({ level: free.level, slope: 0 }, true);
}

/** The calibrated probability, 0 to 1, at a stated confidence. */
export function applyMap(map: ConfidenceMap, confidence: Thousandths): number {
  return sigmoid(map.level + map.slope * (logit(confidence / 1000) - pivot));
}

/** The map in force for an agent on a topic. Unknown agents and topics get their parent's. */
export function confidenceMap(record: CalibrationRecord, agent: AgentName | null, topic: string | null): ConfidenceMap {
  const everyone = fitMap(record.everyone, identityMap, wide);
  const known = agent === null ? undefined : record.agents[agent];
  if (known === undefined) return everyone;
  const overall = fitMap(known.overall, everyone, close);
  const onTopic = topic === null ? undefined : known.topics[topic];
  return onTopic === undefined ? overall : fitMap(onTopic, overall, close);
}

/** Looks maps up in a record, fitting each once. Valid as long as the record is current. */
export function createCalibrator(record: CalibrationRecord): Calibrator {
  const fitted = new Map<string, ConfidenceMap>();
  return (agent, topic, confidence) => {
    const key = JSON.stringify([agent, topic]);
    let map = fitted.get(key);
    if (map === undefined) {
      map = confidenceMap(record, agent, topic);
      fitted.set(key, map);
    }
    return applyMap(map, confidence);
  };
}

export interface ReliabilityReport {
  readonly judged: number;
  /** Share right, 0 to 1; `null` while nothing is judged, as the next two. */
  readonly accuracy: number | null;
  readonly mean_confidence: number | null;
  /** Mean of (confidence − right)²: 0 is perfect, 0.25 is what always saying 0.5 gets (Brier 1950). */
  readonly brier: number | null;
  /** Stated against observed, by tenths of stated confidence that occurred. */
  readonly stated_against_observed: readonly {
    readonly from: number;
    readonly to: number;
    readonly ballots: number;
    /** What was stated, on average. */
    readonly stated: number;
    readonly observed: number;
  }[];
  /** What some stated confidences count for now. */
  readonly calibrated: readonly { readonly stated: number; readonly probability: number }[];
}

/** An agent's record as people read it: on one topic, or overall (`topic` null). */
export function describeReliability(
  record: CalibrationRecord,
  agent: AgentName,
  topic: string | null,
): ReliabilityReport {
  const known = record.agents[agent];
  const own = (topic === null ? known?.overall : known?.topics[topic]) ?? emptyReliability;
  const tenths = new Map<number, { ballots: number; stated: number; right: number }>();
  for (const [hundredth, [count, right]] of Object.entries(own.bins)) {
    const tenth = Math.min(9, Math.floor(Number(hundredth) / 10));
    const sum = tenths.get(tenth) ?? { ballots: 0, stated: 0, right: 0 };
    tenths.set(tenth, {
      ballots: sum.ballots + count,
      stated: sum.stated + count * Number(hundredth),
      right: sum.right + right,
    });
  }
  const map = confidenceMap(record, agent, topic);
  const mean = (sum: number): number | null => (own.ballots === 0 ? null : sum / own.ballots);
  return {
    judged: own.ballots,
    accuracy: mean(own.right),
    mean_confidence: mean(own.stated / 1000),
    brier: mean(own.squared_error / 1_000_000),
    stated_against_observed: [...tenths]
      .sort(([a], [b]) => a - b)
      .map(([tenth, { ballots, stated, right }]) => ({
        from: tenth / 10,
        to: (tenth + 1) / 10,
        ballots,
        stated: stated / ballots / 100,
        observed: right / ballots,
      })),
    calibrated: [500, 600, 700, 800, 900, 950].map((stated) => ({
      stated: stated / 1000,
      probability: applyMap(map, stated),
    })),
  };
}
