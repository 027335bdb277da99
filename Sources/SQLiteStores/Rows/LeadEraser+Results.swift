import Marketing

extension LeadEraser {
  /// Results are of no use without the lead that they name. A task that has not ended is its process's own: it
  /// is left, and counted as such.
  func eraseTasks() throws -> LeadErasure.Place {
    var erased = 0
    for task in try tasks() where task.hasEnded {
      var delete = try connection.prepare("DELETE FROM tasks WHERE id = ? AND workspace = ?")
      delete.bind(task.id)
      delete.bind(workspace)
      try delete.run()
      erased += 1
    }
    return LeadErasure.Place(name: "tasks", erased: erased, remaining: try tasks().count)
  }

  /// Takes the answers away and leaves the keys: a request that is repeated is not to be done again.
  func eraseAnswers() throws -> LeadErasure.Place {
    let answers = try answers()
    for row in answers {
      var update = try connection.prepare(
        "UPDATE idempotency_keys SET status = ?, media_type = ?, body = ? WHERE row = ?")
      update.bind(StoredReply.erased.status)
      update.bind(StoredReply.erased.mediaType)
      update.bind(blob: StoredReply.erased.body)
      update.bind(row)
      try update.run()
    }
    return LeadErasure.Place(
      name: "answers", erased: answers.count, remaining: try self.answers().count)
  }

  private func tasks() throws -> [(id: String, hasEnded: Bool)] {
    let naming = LeadNaming(id)
    var select = try connection.prepare(
      """
      SELECT id, has_ended, content FROM tasks WHERE workspace = ? AND instr(content, ?)
      """)
    select.bind(workspace)
    select.bind(id)
    var tasks: [(id: String, hasEnded: Bool)] = []
    while try select.step() {
      let task = (id: select.text(), hasEnded: select.integer() != 0)
      if naming.isIn(select.text()) { tasks.append(task) }
    }
    return tasks
  }

  private func answers() throws -> [Int64] {
    let naming = LeadNaming(id)
    var select = try connection.prepare(
      """
      SELECT row, body FROM idempotency_keys
      WHERE workspace = ? AND instr(body, CAST(? AS BLOB))
      """)
    select.bind(workspace)
    select.bind(id)
    var rows: [Int64] = []
    while try select.step() {
      let row = select.integer()
      if naming.isIn(String(decoding: select.optionalBlob() ?? [], as: UTF8.self)) {
        rows.append(row)
      }
    }
    return rows
  }
}
