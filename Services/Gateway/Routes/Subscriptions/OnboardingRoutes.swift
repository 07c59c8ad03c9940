import DomainModel
import HTTPTypes
import Persistence
import Postgres

enum OnboardingRoutes {
    static let endpoints = [onboarding, timeline]

    private static let onboarding = Endpoint.list(
        "services/subscriptions/{id}/onboarding/",
        .anyone,
        "listOnboardingSteps",
        "The steps of onboarding, and what blocks them",
        Resources.onboardingSteps,
        under: ReadModel.subscriptions,
        where: { call in "t.subscription_id = \(try call.id())" }
    ).with { $0.scope = .servicesRead }

    private static let timeline = Endpoint.list(
        "services/subscriptions/{id}/timeline/",
        .anyone,
        "listTimeline",
        "Every event of a subscription",
        Resources.auditEvents,
        under: ReadModel.subscriptions,
        where: { call in "t.subscription_id = \(try call.id())" }
    ).with { $0.scope = .servicesRead }
}
