import JSONRPC
import MCP
import Testing

/// The public test suite of JSON Schema, draft 2020-12.
@Suite struct SchemaSuiteTests {
  private static let folder = "json-schema-test-suite/tests/draft2020-12"
  private static let files = (try? Fixture.names(in: folder)) ?? []
  private static let formats = (try? Fixture.names(in: folder + "/optional/format")) ?? []

  /// Groups whose schema does not compile, 22 in all: they refer to the network, which is never
  /// asked, or name a meta-schema of their own.
  private static let refused: [String: Set<String>] = [
    "dynamicRef.json": [
      "$ref and $dynamicAnchor are independent of order - $defs first",
      "$ref and $dynamicAnchor are independent of order - $ref first",
      "$ref to $dynamicRef finds detached $dynamicAnchor",
      "strict-tree schema, guards against misspelled properties",
      "tests for implementation dynamic anchor and reference link",
    ],
    "refRemote.json": [
      "$ref to $ref finds detached $anchor",
      "Location-independent identifier in remote ref",
      "anchor within remote ref",
      "base URI change",
      "base URI change - change folder",
      "base URI change - change folder in subschema",
      "fragment within remote ref",
      "ref within remote ref",
      "remote HTTP ref with different $id",
      "remote HTTP ref with different URN $id",
      "remote HTTP ref with nested absolute ref",
      "remote ref",
      "remote ref with ref to defs",
      "retrieved nested refs resolve relative to their URI not $id",
      "root ref in remote ref",
    ],
    "vocabulary.json": [
      "ignore unrecognized optional vocabulary",
      "schema that uses custom metaschema with with no validation vocabulary",
    ],
  ]

  /// Cases that come out differently: labels of host names in Punycode are taken by their form, not
  /// decoded and held against the tables of IDNA 2008.
  private static let different: [String: Set<String>] = [
    "hostname.json": [
      "Arabic-Indic digits mixed with Extended Arabic-Indic digits",
      "Begins with a Nonspacing Mark",
      "Begins with a Spacing Combining Mark",
      "Begins with an Enclosing Mark",
      "Exceptions that are DISALLOWED, left-to-right chars",
      "Exceptions that are DISALLOWED, right-to-left chars",
      "Greek KERAIA not followed by Greek",
      "Greek KERAIA not followed by anything",
      "Hebrew GERESH not preceded by Hebrew",
      "Hebrew GERESH not preceded by anything",
      "Hebrew GERSHAYIM not preceded by Hebrew",
      "Hebrew GERSHAYIM not preceded by anything",
      "KATAKANA MIDDLE DOT with no Hiragana, Katakana, or Han",
      "KATAKANA MIDDLE DOT with no other characters",
      "MIDDLE DOT with no following 'l'",
      "MIDDLE DOT with no preceding 'l'",
      "MIDDLE DOT with nothing following",
      "MIDDLE DOT with nothing preceding",
      "ZERO WIDTH JOINER not preceded by Virama",
      "ZERO WIDTH JOINER not preceded by anything",
      "contains \"--\" in the 3rd and 4th position",
      "contains illegal char U+302E Hangul single dot tone mark",
      "invalid Punycode",
    ]
  ]

  @Test func findsTheWholeSuite() {
    #expect(Self.files.count == 46)
    #expect(Self.formats.count == 14)
  }

  @Test func leavesOutFewGroups() {
    #expect(Self.refused.values.map(\.count).reduce(0, +) == 22)
    #expect(Self.different.values.map(\.count).reduce(0, +) == 23)
  }

  @Test(arguments: files)
  func decidesRequiredCases(of file: String) throws {
    let outcome = try Outcome(
      of: "\(Self.folder)/\(file)", options: SchemaOptions(formats: .annotation))
    #expect(outcome.refused == Self.refused[file] ?? [])
    #expect(outcome.different == Self.different[file] ?? [])
    #expect(outcome.cases > 0 || Self.refused[file] != nil)
  }

  @Test(arguments: formats)
  func decidesFormats(of file: String) throws {
    let outcome = try Outcome(of: "\(Self.folder)/optional/format/\(file)")
    #expect(outcome.refused == [])
    #expect(outcome.different == Self.different[file] ?? [])
    #expect(outcome.cases > 0)
  }
}

/// What became of a file of the suite.
private struct Outcome {
  var refused: Set<String> = []
  var different: Set<String> = []
  var cases = 0

  init(of path: String, options: SchemaOptions = SchemaOptions()) throws {
    for group in try #require(try Fixture.json(path).arrayValue) {
      let name = try #require(group["description"]?.stringValue)
      let schema: JSONSchema
      do {
        schema = try JSONSchema(try #require(group["schema"]), options: options)
      } catch let error as SchemaError {
        #expect(
          error.message.contains("references are not fetched")
            || error.location == "#/$schema" && error.message.contains("localhost"))
        refused.insert(name)
        continue
      }
      for test in try #require(group["tests"]?.arrayValue) {
        cases += 1
        let data = try #require(test["data"])
        let isValid = try #require(test["valid"]?.boolValue as Bool?)
        let violations = schema.validate(data)
        if violations.isEmpty != isValid || schema.accepts(data) != isValid {
          different.insert(try #require(test["description"]?.stringValue))
        }
      }
    }
  }
}
