import Marketing
import Testing

@Suite struct MessageIntentTests {
  private let model: Scorecard

  init() throws { model = try ScorecardFile.model() }

  @Test(
    arguments: [
      // Nothing, and nothing known.
      (nil, .none), ("", .none), (" \n", .none), ("👋", .general), ("Hello there", .general),
      ("12345", .general),
      // One intent each.
      ("Could we get a demo next week?", .demoRequest),
      ("Please BOOK A DEMO for our team", .demoRequest),
      ("I would like to talk to sales.", .demoRequest),
      ("What does it cost for 50 seats?", .pricing),
      ("Can you send a quote?", .pricing),
      ("Is there a free-trial?", .trial),
      ("We plan a proof-of-concept.", .trial),
      ("Do you have SOC 2 and ISO 27001 reports?", .securityReview),
      ("Please fill in our security questionnaire", .securityReview),
      ("I can't log in to my account", .support),
      ("I can’t log in to my account", .support),
      ("The export is broken", .support),
      ("Are you hiring? My CV is attached.", .jobApplication),
      ("I'm a student writing my thesis", .jobApplication),
      // A word is found as a word only.
      ("We democratize costume design", .general),
      ("Our priceless bugle", .general),
      // The more is said, the more it counts; ties go to the table's order.
      ("Our trial: the import is not working, error message attached", .support),
      ("Demo and pricing please", .demoRequest),
      ("Send us pricing, a price list and a quote. A demo can wait.", .pricing),
      // Refusals.
      ("STOP", .unsubscribe), ("stop.", .unsubscribe), ("No, thanks!", .unsubscribe),
      ("Please unsubscribe me", .unsubscribe), ("please stop e-mailing me", .unsubscribe),
      ("Not interested in a demo", .unsubscribe), ("We are no longer interested.", .unsubscribe),
      ("Take me off your list, I never asked for pricing", .unsubscribe),
      ("Book a demo? Send a price list? No: unsubscribe.", .unsubscribe),
      ("Do not contact me", .unsubscribe), ("Don’t contact me", .unsubscribe),
      // "Stop" within a sentence is just a word.
      ("We want to stop churn with your product. What does it cost?", .pricing),
      ("A non-stop service, what is the price?", .pricing),
      // Negation.
      ("I am not looking for a demo", .general),
      ("We don't need a trial", .general),
      ("No demo. Pricing, please.", .pricing),
      ("No demo.pricing", .general),
      ("No demo, but please send pricing", .pricing),
      ("We do not want a trial. Send us a quote.", .pricing),
      ("No, we would like a demo", .demoRequest),
      ("Please don't unsubscribe me", .general),
      ("Why not book a demo?", .demoRequest),
      ("We can't wait to see a demo", .demoRequest),
      ("I could not find pricing on your site", .pricing),
      ("Not only pricing: we need a demo, too. Show us how it works.", .demoRequest),
      ("We have never had a problem so far and now we all want a demo", .demoRequest),
      // Refusals in the words that people use.
      ("I no longer wish to receive your e-mails", .unsubscribe),
      ("I don't want to receive emails from you", .unsubscribe),
      ("No more emails please", .unsubscribe),
      ("I do not want to be contacted", .unsubscribe),
      ("I wish to withdraw my consent", .unsubscribe),
      ("I object to the processing of my data", .unsubscribe),
      ("Please cease all communication", .unsubscribe),
      ("Please take my name off the mailing list", .unsubscribe),
      ("don't ever call this number again", .unsubscribe),
      ("Delete my email address", .unsubscribe),
      ("Cancel my subscription to this newsletter", .unsubscribe),
      // No refusals, though they sound alike.
      ("You never call back, please show us a demo", .demoRequest),
      ("We don't want any more delays: when can we see a demo?", .demoRequest),
      ("No more spreadsheets! What does it cost?", .pricing),
      // Beyond ASCII.
      ("Café Müller möchte – a demo", .demoRequest),
      ("Ｄｅｍｏ please", .demoRequest),
      ("a\u{A0}demo", .demoRequest),
      ("デモをお願いします", .general),
    ] as [(String?, MessageIntent)])
  func tellsIntent(message: String?, intent: MessageIntent) {
    #expect(model.intent(of: message) == intent)
  }

  @Test func longMessagesAreRead() {
    let filler = String(repeating: "Lorem ipsum dolor sit amet. ", count: 350)
    #expect(model.intent(of: filler) == .general)
    #expect(model.intent(of: filler + "Unsubscribe.") == .unsubscribe)
  }

  @Test func anyBytesAreRead() {
    var generator = SeededGenerator(seed: 42)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(MessageIntent.allCases.contains(model.intent(of: text)))
    }
  }
}
