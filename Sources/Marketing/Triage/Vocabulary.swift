/// Numbers words by their hash. Most words of a text are in no phrase; an open-addressing table turns
/// those down at their first slot.
struct Vocabulary: Sendable {
  private struct Slot {
    var hash: UInt64 = 0
    var number: Int32 = -1
  }

  /// Linearly probed; the size is a power of two and at least twice the count.
  private var slots = [Slot](repeating: Slot(), count: 16)
  /// How many words there are; their numbers run from 0.
  private(set) var count = 0

  /// The number of a word; −1 when there is no such word.
  func number(of hash: UInt64) -> Int32 { slots[place(of: hash)].number }

  /// The number of a word, a new one when there was no such word.
  mutating func learn(_ hash: UInt64) -> Int32 {
    let known = number(of: hash)
    if known >= 0 { return known }
    if (count + 1) * 2 > slots.count {
      let old = slots
      slots = Array(repeating: Slot(), count: old.count * 2)
      for slot in old where slot.number >= 0 { slots[place(of: slot.hash)] = slot }
    }
    let number = Int32(count)
    slots[place(of: hash)] = Slot(hash: hash, number: number)
    count += 1
    return number
  }

  /// Where the word is, or where it would be put.
  private func place(of hash: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place].number >= 0, slots[place].hash != hash { place = (place + 1) & mask }
    return place
  }
}
