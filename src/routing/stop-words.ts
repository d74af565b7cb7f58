/** Words that say nothing about what a task is: not named as evidence, whatever weight a model gives them. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    'a about after again all also am an and any are as at be because been before being below between both but by can ' +
    'could did do does doing done down each few for from further get give go had has have having he her here him his ' +
    'how i if in into is it its itself just let make me more most my need needs no nor not now of off on once one only ' +
    'or other our out over own please put same see set she should so some such take than that the their them then ' +
    'there these they this those through to too under until up us use very was we were what when where which while ' +
    'who whom why will with would you your'
  ).split(' '),
);
