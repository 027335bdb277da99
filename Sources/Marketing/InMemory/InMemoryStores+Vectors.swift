import JSONRPC

extension InMemoryStores: MemoryVectorStore {
  package func withoutVectors(
    of model: String, after version: Int64, limit: Int, now: Timestamp
  ) async throws(StoreError) -> [UnembeddedMemory] {
    state.withLock { state in
      var found: [UnembeddedMemory] = []
      for (workspace, content) in state.workspaces {
        for (number, memory) in content.memory.versions
        where number > version && memory.record.retractedAt == nil
          && !memory.record.hasExpired(at: now)
          && content.memory.vector(of: number, by: model) == nil
        {
          found.append(
            UnembeddedMemory(workspace: workspace, version: number, text: memory.record.text))
        }
      }
      return Array(found.sorted { $0.version < $1.version }.prefix(limit))
    }
  }

  package func store(
    _ vectors: [MemoryVector], of model: String
  ) async throws(StoreError) {
    state.withLock { state in
      for vector in vectors {
        for workspace in state.workspaces.keys {
          state.workspaces[workspace]?.memory.store(vector, of: model)
        }
      }
    }
  }

  package func vectors(
    of model: String, after place: Int64, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryVectorPage {
    read(in: workspace) { content in
      let later = content.memory.vectors(of: model).filter { $0.key > place }
        .sorted { $0.key < $1.key }
      let page = later.prefix(limit)
      return MemoryVectorPage(
        vectors: page.map(\.value), place: page.last?.key ?? place,
        hasMore: later.count > page.count)
    }
  }

  package func latestVector(
    of model: String, in workspace: WorkspaceID
  ) throws(StoreError) -> Int64 {
    read(in: workspace) { $0.memory.vectors(of: model).keys.max() ?? 0 }
  }
}
