export interface FederationState {
  readonly placeholder: never;
}
