import DomainModel
import Testing

@Suite struct OnboardingTests {
    @Test("the seven steps come in order, and then it is finished")
    func inOrder() throws {
        var onboarding = Onboarding()
        for step in OnboardingStep.allCases {
            #expect(onboarding.next == .run(step))
            try onboarding.start(step)
            try onboarding.finish(step, detail: "done")
        }
        #expect(onboarding.next == .finished)
        #expect(onboarding.rows.allSatisfy { $0.attempts == 1 && $0.status == .done })
    }

    @Test("a blocked step says whom it waits for and is looked at again")
    func blocked() throws {
        var onboarding = Onboarding()
        try onboarding.start(.verifyPlugin)
        try onboarding.block(.verifyPlugin, on: .client, detail: "the plugin is not connected")
        #expect(onboarding.waitsFor == .client && onboarding.next == .run(.verifyPlugin))
        try onboarding.start(.verifyPlugin)
        #expect(onboarding.waitsFor == nil && onboarding[.verifyPlugin].attempts == 2)
    }

    @Test("no step can start before its turn, nor again after it")
    func noJumping() throws {
        var onboarding = Onboarding()
        #expect(throws: IllegalTransition.self) { try onboarding.start(.activate) }
        try onboarding.start(.verifyPlugin)
        try onboarding.finish(.verifyPlugin, detail: "")
        #expect(throws: IllegalTransition.self) { try onboarding.start(.verifyPlugin) }
        #expect(throws: IllegalTransition.self) { try onboarding.finish(.blueprint, detail: "") }
    }

    @Test("whatever happens, the stored rows give the same next step: 2,000 random onboardings with crashes")
    func resumable() throws {
        for seed in 0..<2_000 {
            var dice = Dice(seed)
            var onboarding = Onboarding()
            var passed: [OnboardingStep] = []
            for _ in 0..<200 {
                guard case .run(let step) = onboarding.next else { break }
                try onboarding.start(step)
                switch dice.roll(1...5) {
                case 1: try onboarding.block(step, on: dice.pick(OnboardingWait.allCases), detail: "")
                case 2: try onboarding.fail(step, detail: "")
                case 3: break
                default:
                    try onboarding.finish(step, detail: "")
                    passed.append(step)
                }
                // The process dies here; the rows come back in any order.
                let reloaded = Onboarding(rows: onboarding.rows.shuffled(using: &dice))
                #expect(reloaded == onboarding && reloaded.next == onboarding.next, "seed \(seed)")
                onboarding = reloaded
            }
            #expect(onboarding.next == .finished && passed == OnboardingStep.allCases, "seed \(seed)")
        }
    }
}
