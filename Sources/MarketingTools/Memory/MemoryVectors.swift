import JSONRPC
package import Marketing
package import Recall

/// Where vectors come from and are kept, when recall uses them.
package struct MemoryVectors: Sendable {
  /// Keeps them.
  package var store: any MemoryVectorStore
  /// Makes them.
  package var embedder: any TextEmbedder

  /// Up to so many vectors of a workspace all are compared; of more the nearest are found in a graph.
  package var exactLimit = 100_000

  /// Vectors.
  package init(store: any MemoryVectorStore, embedder: any TextEmbedder) {
    self.store = store
    self.embedder = embedder
  }

  /// How much each signal counts beside such vectors.
  package var weights: RecallWeights {
    switch embedder.basis {
    case .sentences: .withVectors
    case .words: .withWordVectors
    }
  }
}

/// The vectors of questions: those that were asked last are kept, and an embedder that has failed is left alone
/// for a while, so that recall does not wait for it again and again.
final class QuestionVectors: Sendable {
  private struct State: Sendable {
    var vectors: [String: [Float]] = [:]
    /// The questions, the one that was asked last at the end.
    var order: [String] = []
    var restsUntil: ContinuousClock.Instant?
  }

  private static let most = 256
  private static let rest = Duration.seconds(15)
  private static let patience = Duration.seconds(2)

  private let embedder: any TextEmbedder
  private let state = Locked(State())

  init(_ embedder: any TextEmbedder) { self.embedder = embedder }

  /// The vector of a question; `nil` when it cannot be had now, empty when the model knows nothing of it.
  func vector(of text: String) async -> [Float]? {
    let known = state.withLock { state -> ([Float]?, rests: Bool) in
      if let vector = state.vectors[text] {
        state.order.removeAll { $0 == text }
        state.order.append(text)
        return (vector, false)
      }
      return (nil, state.restsUntil.map { ContinuousClock.now < $0 } ?? false)
    }
    if known.0 != nil || known.rests { return known.0 }
    let made = await made(text)
    switch made {
    case .vector(let vector): keep(vector, of: text)
    case .cancelled: break
    case .failed: state.withLock { $0.restsUntil = ContinuousClock.now + Self.rest }
    }
    return made.vector
  }

  private enum Made: Sendable {
    case vector([Float])
    case failed
    case cancelled

    var vector: [Float]? { if case .vector(let vector) = self { vector } else { nil } }
  }

  /// Whoever asks waits for an answer: so long for a vector at most.
  private func made(_ text: String) async -> Made {
    let embedder = embedder
    return await withTaskGroup(of: Made.self) { group in
      group.addTask {
        do throws(EmbeddingError) {
          let vector = try await embedder.vectors(of: [text]).first
          return vector.map(Made.vector) ?? .failed
        } catch {
          return error.kind == .cancelled && Task.isCancelled ? .cancelled : .failed
        }
      }
      group.addTask {
        try? await Task.sleep(for: Self.patience)
        return Task.isCancelled ? .cancelled : .failed
      }
      let first = await group.next() ?? .failed
      group.cancelAll()
      return first
    }
  }

  private func keep(_ vector: [Float], of text: String) {
    state.withLock { state in
      state.restsUntil = nil
      guard state.vectors.updateValue(vector, forKey: text) == nil else { return }
      state.order.append(text)
      if state.order.count > Self.most { state.vectors[state.order.removeFirst()] = nil }
    }
  }

  /// The questions that are kept.
  var known: [String] { state.withLock { $0.order } }

  /// Forgets all questions: they may hold what was erased.
  func forget() {
    state.withLock { state in
      state.vectors = [:]
      state.order = []
    }
  }
}
