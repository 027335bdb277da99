import Marketing
import Testing

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("databse", "database"), ("DATABASE", "database"), ("dtaabase", "database"),
    ("databases", "database"), ("stdio.scope", "stdio.scopes"), ("loglevel", "log.level"),
    ("colour", nil), ("", nil),
  ])
  func theNearestIsFound(_ name: String, _ expected: String?) {
    let known = ["database", "workspace", "stdio.scopes", "log.level"]
    #expect(NearestName.of(name, among: known) == expected)
  }

  @Test func amongNoneNoneIsFound() {
    #expect(NearestName.of("database", among: []) == nil)
  }
}
