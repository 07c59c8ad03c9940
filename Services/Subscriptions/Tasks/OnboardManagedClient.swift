import DomainModel
import JobQueue
import Persistence
import Postgres

/// The onboarding sequence of one subscription (spec 4): each step is a row, done in one transaction with its effects, so
/// that a crash resumes at the step it was in. A blocked step is tried again daily, and when the core asks for it.
struct OnboardManagedClient: JobTask {
    static let name = "onboard_managed_client"

    let office: Office

    func run(_ payload: SubscriptionsJobs.Subscription, _ context: JobContext) async throws {
        let id = payload.subscriptionID
        for turn in 0... {
            switch try await startNext(of: id, context) {
            case .nothingToDo:
                return
            case .run(let step, let subscription):
                let fraction = Double(step.index) / Double(OnboardingStep.allCases.count)
                await context.progress(fraction, step.rawValue)
                let sight = try await office.look(before: step, for: subscription)
                guard try await perform(step, sight, of: id, context) else { return }
            }
            // Seven steps; somebody else's run may have done one of them in between, but hardly more than all of them.
            guard turn < 3 * OnboardingStep.allCases.count else { throw JobError.snooze(for: .seconds(5)) }
        }
    }

    private enum Next {
        case nothingToDo
        case run(OnboardingStep, ManagedSubscription)
    }

    /// Marks the next step as running. Completes the job when there is none.
    private func startNext(of id: ManagedSubscription.ID, _ context: JobContext) async throws -> Next {
        let tenant = Tenant.job(context)
        return try await office.transaction(context) { tx in
            guard let subscription = try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx)
            else { throw JobError.permanent("there is no subscription \(id)") }
            var onboarding = try await OnboardingSteps.load(id, for: tenant, lock: .forUpdate, in: tx)
            guard subscription.status == .pending, case .run(let step) = onboarding.next else {
                try await context.complete(in: tx)
                return .nothingToDo
            }
            try onboarding.start(step)
            try await OnboardingSteps.save(onboarding, of: id, account: subscription.accountID, in: tx)
            return .run(step, subscription.value)
        }
    }

    /// Does a step and stores what came of it.
    /// - Returns: whether the sequence goes on; if not, the job is complete.
    private func perform(
        _ step: OnboardingStep,
        _ sight: StepSight,
        of id: ManagedSubscription.ID,
        _ context: JobContext
    ) async throws -> Bool {
        let tenant = Tenant.job(context)
        return try await office.transaction(context) { tx in
            guard var subscription = try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx)
            else { throw JobError.permanent("there is no subscription \(id)") }
            var onboarding = try await OnboardingSteps.load(id, for: tenant, lock: .forUpdate, in: tx)
            // Another run of the same sequence may have been faster.
            guard onboarding.next == .run(step), onboarding[step].status == .running else { return true }
            let result = try await office.perform(step, sight, for: &subscription, in: tx)
            switch result {
            case .done(let detail):
                try onboarding.finish(step, detail: detail)
            case .blocked(let on, let detail):
                try onboarding.block(step, on: on, detail: detail)
            }
            try await OnboardingSteps.save(onboarding, of: id, account: subscription.accountID, in: tx)
            try office.note(
                result.isDone ? .stepDone : .stepBlocked,
                on: .subscription(subscription.value),
                to: step.rawValue,
                because: onboarding[step].detail
            )
            if result.isDone, onboarding.next != .finished { return true }
            try await context.complete(result: ["step": step.rawValue, "detail": onboarding[step].detail], in: tx)
            if !result.isDone {
                try await office.producer.enqueue(
                    .onboardLater(subscription.value, at: office.tomorrow(for: subscription.value, in: tx)),
                    in: tx
                )
            }
            return false
        }
    }
}
