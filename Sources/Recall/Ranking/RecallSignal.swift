/// What the rank of a record is made of. A score is the sum of the signals, each times its weight.
package enum RecallSignal: Int, Sendable, Hashable, CaseIterable {
  /// The question's words in the record or, weaker the further away, in what was said around it: for each
  /// word the best of them by BM25, added up.
  case coverage
  /// The question's words in the whole conversation, or in all that is known of the lead, by BM25.
  case session
  /// The share of the question's words that the record itself holds, 0–1.
  case share
  /// The words of the question that the record answers: BM25 of what was said right before, if that ends
  /// with a question.
  case answer
  /// Words spelled like the question's, by BM25.
  case related
  /// 1 when said by the one speaker that the question names, -1 when said by another.
  case speaker
  /// How near the record is to a time that the question names, 0–2.
  case date
  /// 1 when the question asks for a time and the record tells one.
  case time
  /// 1 when the record asks something.
  case question
  /// 1 when it opens a conversation.
  case opening
  /// How many words that look like names it holds, 0–3.
  case names
  /// Words that the question excludes, by BM25.
  case excluded
  /// 1 when the record is of a kind that the question names.
  case kind
  /// How new the record is, 0–1; of what was not said in a conversation, as the three that follow.
  case recency
  /// How much the record matters, 0–1.
  case importance
  /// How often the record was recalled: ln(1 + times).
  case use
  /// How far the record can be relied on: 0, ½ or 1.
  case trust
  /// How near the record, with what is said around it, is to the question by its vectors: in deviations
  /// from the mean of all records, where there are vectors.
  case similarity
  /// How near what was said right before is to the question, likewise, if it ends with a question.
  case answerSimilarity

  /// Those whose weights are learned from conversations with known answers.
  package static let learned: [RecallSignal] = [
    .coverage, .session, .share, .answer, .related, .speaker, .date, .time, .question, .opening,
    .names,
  ]

  /// Those that are learned as well where records have vectors.
  package static let learnedWithVectors = learned + [.similarity, .answerSimilarity]
}
