const KEY = "bfq4004-token";

/** For this tab, until it is closed. */
export function keepToken(token: string): void {
  if (token === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}

/**
 * The token behind the '#' of the address, which is taken away there, so that no history keeps it;
 * or the one of this tab.
 */
export function findToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return sessionStorage.getItem(KEY) ?? "";
  history.replaceState(null, "", location.pathname);
  return given;
}
