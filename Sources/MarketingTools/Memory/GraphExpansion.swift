import Marketing
import Recall

/// Finds what is next to the entities that a question names, so that a record is found that speaks of them
/// under another name: who asks what Ann uses means her company's tools too.
struct GraphExpansion: Sendable {
  /// The most words that a name is looked for at, and the words of the longest name.
  private static let mostStarts = 6
  private static let longestName = 3
  private static let mostEntities = 5
  private static let mostNeighbours = 12
  private static let mostStems = 16
  /// What a neighbour's word counts beside a word of the question, for a relation that is certain.
  private static let share = 0.4

  let knowledge: any KnowledgeGraphStore
  let analyzer: TextAnalyzer

  /// The stems to look for beside the question's.
  func expansions(
    of question: QueryAnalysis, in scope: RecallScope, _ workspace: WorkspaceID
  ) async throws(StoreError) -> [RecallRequest.Expansion] {
    guard try knowledge.latestGraphChange(in: workspace) > 0 else { return [] }
    let named = try await entities(named: question, in: scope, workspace)
    guard !named.isEmpty else { return [] }
    let found = try await knowledge.neighbours(
      NeighbourQuery(
        of: named.prefix(Self.mostEntities).map(\.id),
        GraphFilter(for: scope.reader, at: scope.moment), limit: Self.mostNeighbours),
      in: workspace)
    var expansions: [RecallRequest.Expansion] = []
    var known = Set(question.stems)
    for step in found.steps {
      guard let neighbour = found.entities[step.step.end] else { continue }
      let weight = Float(Self.share * step.step.relation.weight)
      for stem in analyzer.analyze(neighbour.name).stems where known.insert(stem).inserted {
        guard expansions.count < Self.mostStems else { return expansions }
        expansions.append(RecallRequest.Expansion(stem: stem, weight: weight))
      }
    }
    return expansions
  }

  /// The entities that words of the question are the name of, the longest names first.
  private func entities(
    named question: QueryAnalysis, in scope: RecallScope, _ workspace: WorkspaceID
  ) async throws(StoreError) -> [Entity] {
    let words = question.words
    let starts = words.indices.filter {
      words[$0].stem != nil && (question.isAllLowercase || words[$0].isCapitalized)
    }
    var entities: [Entity] = []
    for start in starts.prefix(Self.mostStarts) {
      for length in stride(from: Self.longestName, through: 1, by: -1) {
        guard start + length <= words.count else { continue }
        let name = words[start..<start + length].map(\.text).joined(separator: " ")
        var query = EntityQuery(for: scope.reader, knownAt: scope.moment.knownAt, limit: 5)
        query.name = name
        let page = try await knowledge.entities(matching: query, in: workspace)
        let same = page.entities.filter { entity in
          ([entity.name] + entity.aliases).contains { TextFolding.folded($0) == name }
        }
        for entity in same where !entities.contains(where: { $0.id == entity.id }) {
          entities.append(entity)
        }
        if !same.isEmpty { break }
      }
    }
    return entities
  }
}
