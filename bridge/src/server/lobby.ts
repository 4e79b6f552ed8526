/** A connection that is not yet a client's: it may be in the TLS handshake, sending its headers, or owe its hello. */
export interface Visitor {
  /** The sender whose places it takes. */
  group: string;
  /** Closes the connection at any stage. */
  readonly drop: () => void;
}

export interface LobbyLimits {
  readonly places: number;
  readonly placesPerGroup: number;
}

/**
 * Holds connections from their first packet to their hello. When all places are taken (of the sender, or at all), the one
 * that has been silent for longest makes room: an honest client says hello within milliseconds, so a flood of silent
 * sockets drops itself. Before, 32 silent sockets locked everybody out for 41 s.
 */
export class Lobby {
  readonly #limits: LobbyLimits;
  /** By sender; each in the order of arrival. */
  readonly #groups = new Map<string, Set<Visitor>>();
  #count = 0;
  #droppedCount = 0;

  constructor(limits: LobbyLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** How many connections had to make room since the start. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  enter(visitor: Visitor): void {
    const own = this.#groups.get(visitor.group);
    if (own !== undefined && own.size >= this.#limits.placesPerGroup) this.#dropOldest(own);
    else if (this.#count >= this.#limits.places) this.#dropOldest(this.#largestGroup());
    const group = this.#groups.get(visitor.group) ?? new Set();
    group.add(visitor);
    this.#groups.set(visitor.group, group);
    this.#count++;
  }

  /** A proxy has named the client: the connection now counts for that sender. */
  regroup(visitor: Visitor, group: string): void {
    if (visitor.group === group) return;
    this.leave(visitor);
    visitor.group = group;
    this.enter(visitor);
  }

  /** Has become a client, or is gone. May be called twice. */
  leave(visitor: Visitor): void {
    const group = this.#groups.get(visitor.group);
    if (group?.delete(visitor) !== true) return;
    this.#count--;
    if (group.size === 0) this.#groups.delete(visitor.group);
  }

  #largestGroup(): ReadonlySet<Visitor> {
    let largest: ReadonlySet<Visitor> = new Set();
    for (const group of this.#groups.values()) if (group.size > largest.size) largest = group;
    return largest;
  }

  #dropOldest(group: ReadonlySet<Visitor>): void {
    const [oldest] = group;
    if (oldest === undefined) return;
    this.#droppedCount++;
    this.leave(oldest);
    oldest.drop();
  }
}
