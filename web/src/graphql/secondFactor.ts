import { graphql } from './tada'

export const SecondFactorQuery = graphql(`
  query SecondFactor {
    secondFactor {
      since
      required
      recoveryCodesLeft
    }
  }
`)

export const BeginSecondFactorMutation = graphql(`
  mutation BeginSecondFactor {
    beginSecondFactor {
      secret
      uri
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const ConfirmSecondFactorMutation = graphql(`
  mutation ConfirmSecondFactor($code: String!) {
    confirmSecondFactor(code: $code) {
      codes
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const RenewRecoveryCodesMutation = graphql(`
  mutation RenewRecoveryCodes($code: String!) {
    renewRecoveryCodes(code: $code) {
      codes
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const SwitchOffSecondFactorMutation = graphql(`
  mutation SwitchOffSecondFactor($code: String!) {
    switchOffSecondFactor(code: $code) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const RemoveSecondFactorMutation = graphql(`
  mutation RemoveSecondFactor($userId: ID!, $reason: String!) {
    removeSecondFactor(userId: $userId, reason: $reason) {
      user {
        id
        secondFactorAt
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
