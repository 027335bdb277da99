import Foundation
import JSONRPC
import Testing

/// Training, choosing and moving models with the built binary.
@Suite struct ModelCommandTests {
  @Test func equalDataAndSeedGiveTheSameBytesInAnotherProcess() async throws {
    try await ModelFolder.with { folder in
      // Two processes hash differently, and take the threads they get.
      try await folder.train(as: "first")
      try await folder.train(as: "second")
      try await folder.train(as: "other", ["--seed", "43"])
      var bytes: [Data] = []
      for name in ["first", "second", "other"] {
        let file = folder.file("\(name).model")
        try await folder.done(["models", "export", name, "--output", file])
        bytes.append(try Data(contentsOf: URL(fileURLWithPath: file)))
      }
      #expect(bytes[0].count > 1000)
      #expect(bytes[0] == bytes[1])
      #expect(bytes[0] != bytes[2], "the seed changes nothing")
    }
  }

  @Test func aTrainedModelIsToldAsJSON() async throws {
    try await ModelFolder.with { folder in
      let json = try JSONParser().parse(
        try await folder.train(LeadRows(), ["--role", "challenger", "--json"]))
      #expect(json["model"] == "leads-1" && json["role"] == "challenger")
      #expect(json["report"]?["rows"] == 400 && json["report"]?["target"] == "Converted")
      #expect((json["seconds"]?.doubleValue ?? -1) > 0)
      let list = try await folder.list()
      #expect(list["active"] == "scorecard" && list["challenger"] == "leads-1")
      #expect(list["models"]?[0]?["role"] == "challenger")
    }
  }

  @Test func theNameIsMadeFromTheFilesName() async throws {
    try await ModelFolder.with { folder in
      let csv = try folder.write("Leads of May (2).csv", LeadRows())
      for version in 1...2 {
        let text = try await folder.done(["train", "--csv", csv, "--target", "Converted"])
        #expect(text.contains("leadrelay models activate leads-of-may_2-\(version)"), "\(text)")
      }
      #expect(try await folder.standing().models == ["leads-of-may_2-2", "leads-of-may_2-1"])
    }
  }

  @Test func rollbackMakesTheFormerModelAnswerAgain() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      try await folder.train(LeadRows(seed: 2))
      #expect(try await folder.standing().active == "scorecard")
      try await folder.done(["models", "activate", "leads-1"])
      let text = try await folder.done(["models", "activate", "leads"])
      #expect(text == "leads-2 answers; before it leads-1 did\n")
      #expect(try await folder.standing().active == "leads-2")
      #expect(try await folder.done(["models", "rollback"]) == "leads-1 answers again\n")
      #expect(try await folder.standing().active == "leads-1")
      try await folder.done(["models", "activate", "scorecard"])
      #expect(try await folder.standing().active == "scorecard")
    }
  }

  @Test func aColumnThatTellsTheOutcomeIsFlaggedLoudly() async throws {
    try await ModelFolder.with { folder in
      let text = try await folder.train(LeadRows(leaks: true))
      #expect(text.contains("LEAKAGE?"))
      #expect(text.contains("!! Stage: alone ranks leads with AUC 1.000"), "\(text)")
      #expect(text.contains("\n  --exclude Stage\n"), "\(text)")
      let without = try await folder.done([
        "train", "--csv", folder.file("leads-training.csv"), "--target", "Converted",
        "--exclude", "Stage,Notes",
      ])
      #expect(!without.contains("LEAKAGE?"), "\(without)")
      #expect(without.contains("Stage: excluded by request"), "\(without)")
    }
  }

  @Test func anExportedModelAnswersTheSameElsewhere() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let model = folder.file("leads.model")
      try await folder.done(["models", "export", "leads", "--output", model])
      let leads = try folder.write("new.csv", LeadRows(count: 100, seed: 2))
      let score = ["score", "--csv", leads, "--output", folder.file("out.csv"), "--model"]
      try await folder.done(score + ["leads"])
      let here = try folder.text("out.csv")
      try await ModelFolder.with { other in
        let text = try await other.done(["models", "import", model, "--name", "moved"])
        #expect(text.hasPrefix("moved-1 stored"))
        #expect(try await other.standing().active == "scorecard")
        try await other.done(score + ["moved"])
        try await other.done(["models", "export", "moved", "--output", other.file("again.model")])
        #expect(
          FileManager.default.contentsEqual(atPath: model, andPath: other.file("again.model")))
      }
      #expect(try folder.text("out.csv") == here)
    }
  }

  @Test func theReportIsOnePageThatNeedsNothingElse() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let file = folder.file("page.html")
      let text = try await folder.done(["report", "--model", "leads", "--output", file])
      #expect(text == "report on leads-1 written to \(file)\n")
      let page = try folder.text("page.html")
      #expect(page.hasPrefix("<!DOCTYPE html>") || page.hasPrefix("<!doctype html>"))
      #expect(page.contains("leads-1") && page.contains("<svg") && page.hasSuffix("</html>\n"))
      // Nothing is fetched from elsewhere.
      for sign in ["<script src", "<link", "<img src=\"http", "url(http", "@import"] {
        #expect(!page.contains(sign), "\(sign)")
      }
      let printed = try await folder.done(["report", "--model", "leads-1", "--output", "-"])
      #expect(printed.hasPrefix("<!") && !printed.contains("written to"))
    }
  }
}
