import DomainModel
import Testing

@testable import ReportDesign

@Suite("Words of the first page")
struct SummaryTests {
    @Test("there are words for every report, whatever is known")
    func ownWords() {
        for example in Examples.all {
            let summary = SummaryText.summary(of: example.data)
            #expect(summary.writer == "facts" && !summary.headline.isEmpty)
            #expect((1...4).contains(summary.moved.count) && (1...3).contains(summary.why.count))
        }
    }

    @Test("one of a thing is told in the singular, many in the plural, and losses are in the headline")
    func numbersOfThings() {
        var data = Examples.ordinary()
        #expect(SummaryText.summary(of: data).headline.contains("One link was lost; its replacement is under way."))
        data.losses.links = Array(repeating: data.losses.links[0], count: 12)
        #expect(SummaryText.summary(of: data).headline.contains("12 links were lost; replacements are under way."))
        data.losses = LossFacts()
        if case .data(var content) = data.content {
            content.overdue = 2
            data.content = .data(content)
        }
        #expect(SummaryText.summary(of: data).headline.contains("Two articles are behind."))
    }

    private static let brief = SummaryBrief(Examples.ordinary())

    private static func refusal(_ sentence: String) -> String? {
        SummaryCheck.refusal(
            of: ReportSummary(
                headline: "A month of growth.",
                paragraphs: [sentence],
                moved: ["Clicks rose"],
                why: ["More pages"],
                next: ["We go on"],
                writer: "model"
            ),
            brief
        )
    }

    @Test(
        "what stands in the facts may be said, in figures and in words",
        arguments: [
            "Clicks came to 12,047, which is 13.5 % more than the 10,617 before.", "Clicks came to 12047.",
            "Fourteen links were delivered, twelve of them are indexed; one was lost.",
            "142 queries stand in the first ten places, nineteen more than before.",
            "We spent $3,095.00 of $3,100.00.", "The structure lacks twenty-five pages.",
            "“fitted kitchen cost” moved from 12.5 to 4.2.", "What a fitted kitchen costs in 2026 is new.",
            "In October 2026 the Domain Rating rose from 37 to 38.", "The page /fitted-kitchen-cost did well.",
            "hartwellkitchens.example grew, and we may write more in time.",
            "Twelve small kitchens, and what makes each of them work was read most.",
        ]
    )
    func allowed(_ sentence: String) { #expect(Self.refusal(sentence) == nil, "\(sentence)") }

    @Test(
        "what does not is thrown away, however it is written",
        arguments: [
            "Clicks came to 12,048.", "Clicks rose by 87 %.", "Clicks rose by 13.6%.", "Ninety-nine links were lost.",
            "One hundred and seven links were delivered.", "Clicks doubled.", "Half of the pages are new.",
            "A dozen dozen links.", "Two thousand clicks more.", "We spent €9,999.00.", "It cost 12.047 pounds.",
            "On 23 March it fell.", "In August it rose.", "In may 12 it rose.", "See rival.example for more.",
            "See https://hartwellkitchens.example.evil.example/.", "The page /secret-page did well.",
            "Write to boss@rival.example.", "It rose by ٣٠ clicks.", "We may see more in August.", "It rose by 1４ %.",
            "It rose by ½.",
            "12k clicks came.", "1,20,47 clicks came.", "It rose by 4711th place.", "Hundreds of clicks came.",
            "Several links, thrice.", "fitted kitchen cost77 rose.", "The 2019 guide did well.",
            "Shaker kitchens: history, colours, handles and 77 more.", "It rose\u{202E}by 14.", "A <b>bold</b> month.",
        ]
    )
    func refused(_ sentence: String) { #expect(Self.refusal(sentence) != nil, "\(sentence)") }

    @Test("a number of the facts that is changed in one digit is found, wherever it stands")
    func changed() {
        var generator = SystemRandomNumberGenerator()
        let known = SummaryCheck.Vocabulary(Self.brief).numbers
        for _ in 0..<500 {
            let number = Int.random(in: 1...99_999, using: &generator)
            let isKnown = known.contains(String(number))
            for text in ["It was \(number).", "It was \(English.count(number))."] {
                #expect((Self.refusal(text) == nil) == isKnown, "\(text)")
            }
        }
    }

    @Test("numbers are read as people write them")
    func numbers() {
        for (text, numbers) in [
            ("twenty-three", ["23"]), ("one hundred and five links", ["105"]), ("two thousand three hundred", ["2300"]),
            ("three, four and five", ["3", "4", "5"]), ("1,204.50", ["1204.5"]), ("the 12th", ["12"]), ("007", ["7"]),
            ("a million", ["1000000"]), ("ninety nine", ["99"]), ("nothing here", []), ("one and two", ["1", "2"]),
        ] as [(String, Set<String>)] {
            #expect(NumberWords.numbers(NumberWords.tokens(text)).numbers == numbers, "\(text)")
        }
    }
}
