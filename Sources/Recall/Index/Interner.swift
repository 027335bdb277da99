/// Numbers for values that many documents share. A value is held as long as a document has it, so that
/// nothing is left of one that is gone. 0 stands for no value.
struct Interner<Value: Hashable & Sendable>: Sendable {
  private var numbers: [Value: UInt32] = [:]
  private var values: [Value?] = [nil]
  private var counts: [UInt32] = [0]
  private var free: [UInt32] = []

  /// How many values there are.
  var count: Int { numbers.count }

  /// The value of a number.
  subscript(number: UInt32) -> Value? { values[Int(number)] }

  /// The number of a value; 0 when no document has it.
  func number(of value: Value) -> UInt32 { numbers[value] ?? 0 }

  /// Counts one more document with a value.
  /// - Returns: its number, and whether it is the first.
  mutating func retain(_ value: Value?) -> (number: UInt32, isNew: Bool) {
    guard let value else { return (0, false) }
    if let number = numbers[value] {
      counts[Int(number)] += 1
      return (number, false)
    }
    let number: UInt32
    if let last = free.popLast() {
      number = last
      values[Int(number)] = value
      counts[Int(number)] = 1
    } else {
      number = UInt32(values.count)
      values.append(value)
      counts.append(1)
    }
    numbers[value] = number
    return (number, true)
  }

  /// Counts one document less.
  /// - Returns: the value, when it was the last.
  mutating func release(_ number: UInt32) -> Value? {
    guard number != 0 else { return nil }
    counts[Int(number)] -= 1
    guard counts[Int(number)] == 0, let value = values[Int(number)] else { return nil }
    numbers[value] = nil
    values[Int(number)] = nil
    free.append(number)
    return value
  }

  /// Moves what is held into memory that never held anything else.
  mutating func rebuild() {
    numbers = Dictionary(uniqueKeysWithValues: numbers.map { ($0.key, $0.value) })
    values = values.map { $0 }
  }

  /// Bytes held, without the heap parts of long values.
  var memoryFootprint: Int {
    Footprint.bytes(numbers) + Footprint.bytes(values) + Footprint.bytes(counts)
  }
}

/// What containers of the standard library take.
enum Footprint {
  /// The bytes of an array's room.
  static func bytes<Element>(_ array: [Element]) -> Int {
    array.capacity == 0 ? 0 : array.capacity * MemoryLayout<Element>.stride + 32
  }

  /// The bytes of a dictionary's room: its load is at most three quarters of a power of two.
  static func bytes<Key, Value>(_ dictionary: [Key: Value]) -> Int {
    guard dictionary.capacity > 0 else { return 0 }
    var buckets = 1
    while buckets * 3 / 4 < dictionary.capacity { buckets *= 2 }
    return buckets * (MemoryLayout<Key>.stride + MemoryLayout<Value>.stride) + buckets / 8 + 64
  }
}
