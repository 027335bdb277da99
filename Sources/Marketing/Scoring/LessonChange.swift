/// A lesson with the disposition that it is counted under. Each lead has one at most.
package struct CountedLesson: Sendable, Hashable {
  /// What is learned.
  package var lesson: Lesson
  /// What became of the lead.
  package var disposition: Disposition

  /// A lesson under a disposition.
  package init(_ lesson: Lesson, _ disposition: Disposition) {
    self.lesson = lesson
    self.disposition = disposition
  }

  /// The lesson that a lead's new outcome teaches in the place of what was learned from it before.
  /// - Parameter lesson: the outcome's own; without one the earlier values stay.
  /// - Returns: `nil` when there is nothing to learn.
  package init?(_ lesson: Lesson?, _ disposition: Disposition, after earlier: CountedLesson?) {
    guard let lesson = lesson ?? earlier?.lesson else { return nil }
    self.init(lesson, disposition)
  }
}

/// What changes in the counts when a lead's lesson takes the place of its earlier one.
package struct LessonChange: Sendable, Hashable {
  /// A value of a field.
  package struct Place: Sendable, Hashable, Comparable {
    /// The field.
    package var field: String
    /// Its value.
    package var value: String

    package static func < (left: Self, right: Self) -> Bool {
      (left.field, left.value) < (right.field, right.value)
    }
  }

  /// What is added to the leads that have an outcome; negative where they become fewer.
  package private(set) var leads = LessonCounts.Count()
  /// What is added by field and value; nothing that stays as it is.
  package private(set) var values: [Place: LessonCounts.Count] = [:]

  /// The difference between two lessons of a lead.
  package init(from earlier: CountedLesson?, to next: CountedLesson) {
    if let earlier { add(earlier, -1) }
    add(next, 1)
    values = values.filter { !$0.value.isEmpty }
  }

  /// What the counts lose when a lead's lesson is forgotten.
  package init(forgetting lesson: CountedLesson) {
    add(lesson, -1)
    values = values.filter { !$0.value.isEmpty }
  }

  private mutating func add(_ counted: CountedLesson, _ number: Int) {
    leads[counted.disposition] += number
    for (field, value) in counted.lesson.values {
      values[Place(field: field, value: value), default: .init()][counted.disposition] += number
    }
  }
}

extension LessonCounts.Count {
  /// Whether it counts nothing.
  package var isEmpty: Bool { won == 0 && lost == 0 }

  fileprivate subscript(disposition: Disposition) -> Int {
    get { disposition == .converted ? won : lost }
    set {
      switch disposition {
      case .converted: won = newValue
      case .lost: lost = newValue
      }
    }
  }

  /// Both counts together.
  package static func + (left: Self, right: Self) -> Self {
    Self(won: left.won + right.won, lost: left.lost + right.lost)
  }
}

extension LessonCounts {
  /// Applies a change of one lead's lesson; values that no lead has any more are left out.
  package mutating func apply(_ change: LessonChange) {
    leads = leads + change.leads
    for (place, count) in change.values {
      let sum = (fields[place.field]?[place.value] ?? Count()) + count
      fields[place.field, default: [:]][place.value] = sum.isEmpty ? nil : sum
      if fields[place.field]?.isEmpty == true { fields[place.field] = nil }
    }
    revision += 1
  }

  /// The counts with so many values of each field at most, those of the most leads, and the others together.
  package func folded(mostValues: Int) -> LessonCounts {
    var folded = self
    for (field, values) in fields where values.count > mostValues {
      let order = values.sorted { one, other in
        let (more, less) = (one.value.won + one.value.lost, other.value.won + other.value.lost)
        return more == less ? one.key < other.key : more > less
      }
      var kept = Dictionary(
        uniqueKeysWithValues: order.prefix(mostValues).map { ($0.key, $0.value) })
      kept[Self.otherValues] = order.dropFirst(mostValues).reduce(Count()) { $0 + $1.value }
      folded.fields[field] = kept
    }
    return folded
  }
}
