package import JSONRPC

/// Which time zones a telephone number or a region may lie in, as a file says that people review.
package struct ZoneTable: Sendable {
  /// The table's name and version.
  package let version: String
  /// Zones by the digits that numbers begin with.
  private let dialling: [String: [String]]
  /// Zones by folded names of regions and countries.
  private let places: [String: [String]]
  /// How many digits the longest beginning has.
  private let longestCode: Int

  /// The zones of a number with country code: those of the longest beginning that is known.
  /// - Returns: empty where the country is not known.
  package func zones(of number: PhoneNumber) -> [String] {
    guard number.hasCountryCode else { return [] }
    for length in stride(from: min(longestCode, number.digits.utf8.count), to: 0, by: -1) {
      if let zones = dialling[String(number.digits.prefix(length))] { return zones }
    }
    return []
  }

  /// The zones of a region or country by its name or code. Where a word stands for several (Georgia, IN) they are
  /// those of all of them.
  /// - Returns: empty where it is not known.
  package func zones(ofRegion name: String) -> [String] {
    places[TextFolding.folded(name)] ?? []
  }

  /// Every zone of the table, each once.
  package var allZones: Set<String> { Set(dialling.values.joined()).union(places.values.joined()) }
}

/// Why a table of zones cannot be used.
package struct InvalidZoneTable: Error, Sendable, Hashable, CustomStringConvertible {
  /// The place in the file as a JSON Pointer (RFC 6901); empty for the file as a whole.
  package let field: String
  /// What was found there and what would be accepted.
  package let message: String

  package var description: String {
    "\(field.isEmpty ? "the table of zones" : field): \(message)"
  }
}

extension ZoneTable: Decodable {
  /// Reads a table that has been parsed already.
  /// - Throws: `InvalidZoneTable` with the place, what was found there and what would be accepted.
  package init(json: JSONValue) throws(InvalidZoneTable) {
    do {
      self = try JSONValueDecoder().decode(ZoneTable.self, from: json)
    } catch {
      let problem = InvalidModel(error)
      throw InvalidZoneTable(field: problem.field, message: problem.message)
    }
  }

  /// Reads the layout of `resources/zones/countries.json`.
  /// - Throws: `DecodingError` with the coding path of the first part that cannot be used.
  package init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: ["version", "about", "countries", "regions"])
    version = try reader.text("version", maximumLength: 64)
    _ = try reader.text("about", maximumLength: 2000)
    let countries = try reader.value("countries", as: [Country].self)
    var dialling: [String: [String]] = [:]
    var places: [String: [String]] = [:]
    var zones: [String: [String]] = [:]
    for country in countries {
      guard zones.updateValue(country.zones, forKey: country.code) == nil else {
        throw reader.failure(
          at: "countries", found: "two countries '\(country.code)'", expected: "each code once")
      }
      for code in country.dialling { Self.add(country.zones, to: &dialling[code, default: []]) }
      for name in [country.code, country.name] {
        places[TextFolding.folded(name)] = country.zones
      }
    }
    for region in try reader.value("regions", as: [Region].self) {
      var all: [String] = []
      for code in region.countries {
        guard let zones = zones[code] else {
          throw reader.failure(
            at: "regions", found: "the country '\(code)' in '\(region.names[0])'",
            expected: "a country of the table")
        }
        Self.add(zones, to: &all)
      }
      Self.add(region.zones, to: &all)
      for name in region.names { places[TextFolding.folded(name)] = all }
    }
    self.dialling = dialling
    self.places = places
    longestCode = dialling.keys.map(\.utf8.count).max() ?? 0
  }

  private static func add(_ zones: [String], to all: inout [String]) {
    for zone in zones where !all.contains(zone) { all.append(zone) }
  }

  private struct Country: Decodable {
    let code: String
    let name: String
    let dialling: [String]
    let zones: [String]

    init(from decoder: any Decoder) throws {
      let reader = try ModelReader(decoder, accepting: ["code", "name", "dialling", "zones"])
      code = try reader.text("code", maximumLength: 2)
      name = try reader.text("name")
      dialling = try reader.value("dialling")
      guard dialling.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(HostName.isDigit) }) else {
        throw reader.failure(at: "dialling", found: "\(dialling)", expected: "digits")
      }
      zones = try reader.value("zones")
      guard !zones.isEmpty, zones.allSatisfy(TimeZoneName.isPlausible) else {
        throw reader.failure(at: "zones", found: "\(zones)", expected: "IANA names")
      }
    }
  }

  private struct Region: Decodable {
    let names: [String]
    /// Countries that it may be or has.
    let countries: [String]
    /// Zones that it may be in beside those of the countries.
    let zones: [String]

    init(from decoder: any Decoder) throws {
      let reader = try ModelReader(decoder, accepting: ["names", "countries", "zones"])
      names = try reader.value("names")
      countries = try reader.optional("countries") ?? []
      zones = try reader.optional("zones") ?? []
      guard !names.isEmpty, !(countries + zones).isEmpty else {
        throw reader.failure(
          at: "names", found: "nothing", expected: "names, and countries or zones")
      }
      guard zones.allSatisfy(TimeZoneName.isPlausible) else {
        throw reader.failure(at: "zones", found: "\(zones)", expected: "IANA names")
      }
    }
  }
}
