import JSONRPC
import Marketing
import Testing

@Suite struct ScorecardLoadingTests {
  @Test func theShippedModelLoads() throws {
    let model = try ScorecardFile.model()
    #expect(model.version == "scorecard-1")
    #expect(model.intercept == -3.5)
    #expect(!model.about.isEmpty)
  }

  /// The place that is broken, what stands there instead (`nil`: nothing), the place reported, and what
  /// the message says.
  @Test(
    arguments: [
      (["version"], nil, "/version", "found nothing, expected a value, it is required"),
      (["version"], 1, "/version", "found integer, expected a string"),
      (["version"], " ", "/version", "found an empty text, expected a text"),
      (
        ["fileds"], [:], "/fileds", "found an unknown key, expected one of version, about, baseline"
      ),
      (["halfLifeDays"], 0, "/halfLifeDays", "found 0.0, expected a number from 0.1 to 36500.0"),
      (
        ["baseline", "logOdds"], "low", "/baseline/logOdds", "found string, expected a number"
      ),
      (
        ["fields", "source", "values", "Referral", "points"], "many",
        "/fields/source/values/Referral/points", "found string, expected a number"
      ),
      (
        ["fields", "source", "values", "Referral", "points"], 101,
        "/fields/source/values/Referral/points",
        "found 101.0, expected a number from -100.0 to 100.0"
      ),
      (
        ["fields", "source", "values", "Referral", "logOdds"], -0.7,
        "/fields/source/values/Referral/logOdds",
        "found -0.7 beside 14.0 points, expected the same sign as the points"
      ),
      (
        ["fields", "source", "values", "Referral", "logOdds"], 0,
        "/fields/source/values/Referral/logOdds",
        "found 0.0 beside 14.0 points, expected the same sign as the points"
      ),
      (
        ["fields", "source", "values", "Referral", "reason"], nil,
        "/fields/source/values/Referral/reason", "found nothing, expected a value"
      ),
      (
        ["fields", "source", "values", "Referral", "weight"], 1,
        "/fields/source/values/Referral/weight",
        "found an unknown key, expected one of points, logOdds, reason, aliases"
      ),
      (
        ["fields", "source", "values", "Referral", "aliases"], ["OUTBOUND"],
        "/fields/source/values/Outbound", "found a spelling that stands for another value already"
      ),
      (["fields", "sauce"], [:], "/fields/sauce", "found an unknown key, expected one of source,"),
      (
        ["fields", "companySize", "values", "1-50"],
        ["points": 1, "logOdds": 0.1, "reason": "small"], "/fields/companySize/values/1-50",
        "found a value that companySize does not have, expected one of 1-10, 11-50, 51-200,"
      ),
      (
        ["fields", "message", "values", "none"],
        ["points": 1, "logOdds": 0.1, "reason": "silent"], "/fields/message/values/none",
        "found a value that message does not have, expected one of demo_request,"
      ),
      (
        ["fields", "source", "values"], [1], "/fields/source/values",
        "found array, expected an object"
      ),
      (
        ["seniority", "levels", "0", "phrases"], "boss", "/seniority/levels/0/phrases",
        "found string, expected an array"
      ),
      (
        ["history", "interactions", "letter"], [:], "/history/interactions/letter",
        "found an unknown key, expected one of email_sent, email_open,"
      ),
      (
        ["history", "interactions", "reply", "atMost"], 0, "/history/interactions/reply/atMost",
        "found 0, expected a whole number from 1 to 1000"
      ),
      (
        ["history", "interactions", "bounce", "fades"], true, "/history/interactions/bounce/fades",
        "found true beside -10.0 points, expected false"
      ),
      (
        ["intents", "phrases", "0", "intent"], "general", "/intents/phrases/0/intent",
        "found an unknown intent, expected one of demo_request,"
      ),
      (
        ["history", "conversions", "logOdds"], 10, "/fields",
        "expected at most 30.0 with the baseline and the history"
      ),
      (["intents"], nil, "/intents", "found nothing, expected a value"),
      ([], [1], "", "found array, expected an object"),
    ] as [([String], JSONValue?, String, String)])
  func aBrokenModelIsRefused(
    path: [String], value: JSONValue?, field: String, message: String
  ) throws {
    let broken = try ScorecardFile.json().replacing(at: path, with: value)
    let error = #expect(throws: InvalidModel.self) { try Scorecard(json: broken) }
    #expect(error?.field == field)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func slashesInKeysAreEscaped() throws {
    let broken = try ScorecardFile.json().replacing(
      at: ["fields", "source", "values", "a/b~c"], with: ["points": 1])
    let error = #expect(throws: InvalidModel.self) { try Scorecard(json: broken) }
    #expect(error?.field == "/fields/source/values/a~1b~0c/logOdds")
    #expect(
      error?.description
        == "/fields/source/values/a~1b~0c/logOdds: found nothing, expected a value, it is required")
  }
}
