extension InMemoryGraph {
  /// Has the graph say what memory concludes now of the situations of a step.
  /// - Returns: what has changed.
  mutating func learn(
    _ step: ConsolidationStep, from memory: InMemoryMemory
  ) throws(StoreError) -> [Related] {
    do {
      var related: [Related] = []
      for learned in step.learned {
        let conclusion = learned.conclusion(
          among: memory.versions.values.map(\.record), at: step.claim.now)
        related += try learn(learned, from: conclusion, at: step.claim.now) { id in
          memory.versions(named: id).map(\.value.record).filter { $0.role == learned.role }
            .allSatisfy(learned.isConcluded(by:))
        }
      }
      return related
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.corrupt, "The graph could not be changed", cause: "\(error)")
    }
  }
}
