/** The baseline: the label of the training text that natural's TfIdf finds nearest. */
import { TfIdf } from 'natural/lib/natural/tfidf/index.js';

/** Index of the nearest document for each query; −1 where nothing is shared. */
export function nearestDocuments(documents: readonly string[], queries: readonly string[]): number[] {
  const index = new TfIdf();
  for (const document of documents) index.addDocument(document);
  return queries.map((query) => {
    let best = -1;
    let highest = 0;
    index.tfidfs(query, (document, score) => {
      if (score > highest) {
        highest = score;
        best = document;
      }
    });
    return best;
  });
}
