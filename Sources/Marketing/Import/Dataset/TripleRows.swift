/// Reads rows of `DatasetTable.semanticTriples` as relations.
enum TripleRows {
  /// What an entity is of which nothing but its name is known.
  static let entityType = "concept"
  /// What is wrong with a row of one thing only.
  static let sameEntity = "names the subject again, expected another thing"

  /// What a row says. Each row is a source's word for itself: a row that is read again is no news.
  /// - Parameter key: names the row within its table.
  static func relation(_ cells: Cells, key: String) throws(CellProblem) -> NewRelation {
    let relation = NewRelation(
      try entity(cells, 0), try predicate(cells), try entity(cells, 2),
      source: RelationSource(
        MemorySource(name: try source(cells), reference: key),
        weight: try cells.required(try cells.number(3, in: 0...1), 3)))
    if case .named(let subject) = relation.subject, case .named(let object) = relation.object,
      TextFolding.folded(subject.name) == TextFolding.folded(object.name)
    {
      throw cells.problem(2, sameEntity)
    }
    return relation
  }

  private static func entity(_ cells: Cells, _ column: Int) throws(CellProblem) -> EntityReference {
    let description = EntityDescription(
      type: entityType, name: try cells.required(cells.text(column), column))
    guard description.errors(at: "").isEmpty else {
      throw cells.problem(
        column,
        "found a text that is no name, expected one of at most \(GraphLimits.nameLength) characters"
      )
    }
    return .named(description)
  }

  private static func predicate(_ cells: Cells) throws(CellProblem) -> String {
    let predicate = CellText.folded(cells.bytes(1))
    guard NewRelation.isWord(predicate) else {
      throw cells.problem(
        1, "expected 1 to 64 letters, digits and '_' that say how the two relate, such as works_at")
    }
    return predicate
  }

  private static func source(_ cells: Cells) throws(CellProblem) -> String {
    let source = try cells.required(cells.text(4), 4)
    guard source.utf8.count <= GraphLimits.sourceBytes else {
      throw cells.problem(
        4, "found \(source.utf8.count) bytes, expected at most \(GraphLimits.sourceBytes)")
    }
    return source
  }
}
