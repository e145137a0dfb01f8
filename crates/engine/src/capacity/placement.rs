//! The asked Pods are placed one by one, in several orders.

use std::collections::BTreeSet;

use dogwatch_model::{Snapshot, wire::Text};

use super::{
    Ask,
    admitted::Admitted,
    neighbours::{self, Neighbours},
    obstacle::{Obstacle, Unplaceable},
    room::{Needs, Room},
    spread::{self, Spread},
    standing::{self, Names},
    volumes::{Mounts, Taken, Volumes},
    world::World,
};

/// First nodes that are tried where the first Pod decides for all.
const MAX_STARTS: usize = 16;

/// Everything that is weighed for one Pod.
pub(super) struct Case<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) needs: Needs,
    standing: Vec<Option<Obstacle>>,
    spread: Vec<Spread<'a>>,
    neighbours: Neighbours<'a>,
    pub(super) volumes: Volumes<'a>,
    refusal: Option<Unplaceable>,
}

/// What is on the nodes after some of the Pods were placed.
#[derive(Clone)]
pub(super) struct State<'a> {
    pub(super) rooms: Vec<Room>,
    spread: Vec<spread::Counts>,
    neighbours: neighbours::Counts,
    volumes: Taken<'a>,
}

/// Which of the nodes that would do is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// The one with the most left, as the scheduler prefers.
    Loosest,
    /// The one with the least left.
    Tightest,
    /// The first by name.
    First,
    /// The last by name.
    Last,
}

/// What became of the Pods in one order.
pub(super) struct Outcome<'a> {
    pub(super) placed: u32,
    /// The node of each of them.
    pub(super) places: Vec<usize>,
    /// How it is when the last Pod is placed, or the first is not.
    pub(super) state: State<'a>,
    /// Why the next Pod is not placed; `None` when all are.
    pub(super) stop: Option<Stop>,
}

/// Why a Pod is not placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// No node is looked at.
    Refused(Unplaceable),
    /// Every node has something against it.
    Nodes(Vec<Vec<Obstacle>>),
}

impl<'a> Case<'a> {
    /// Looks at everything once.
    pub(super) fn new(
        snapshot: &'a Snapshot,
        world: &'a World<'a>,
        ask: &Ask<'a>,
        pod: &'a Admitted<'a>,
    ) -> (Self, State<'a>) {
        let names = standing::names(&pod.spec);
        let needs = Needs::new(pod);
        let (spread, spread_counts) = Spread::all(world, pod).into_iter().unzip();
        let (neighbours, neighbour_counts) = Neighbours::new(snapshot, world, pod);
        let places = world.places.iter();
        let state = State {
            rooms: places
                .clone()
                .map(|place| Room::new(place, &needs, pod))
                .collect(),
            spread: spread_counts,
            neighbours: neighbour_counts,
            volumes: Taken::default(),
        };
        let case = Self {
            standing: places
                .map(|place| standing::obstacle(&pod.spec, &names, place))
                .collect(),
            refusal: refusal(world, pod, &names),
            volumes: Volumes::new(snapshot, world, ask),
            world,
            needs,
            spread,
            neighbours,
        };
        (case, state)
    }

    /// What becomes of so many Pods in every order that can make a difference; the order that is
    /// most like the scheduler's comes first.
    pub(super) fn outcomes(&self, state: &State<'a>, count: u32) -> Vec<Outcome<'a>> {
        let run = |order, first| {
            let search = Search::new(self, order, first);
            self.run(state.clone(), count, search)
        };
        let mut all = vec![run(Order::Loosest, None)];
        if !self.has_ties() {
            return all;
        }
        let others = [Order::Tightest, Order::First, Order::Last];
        all.extend(others.map(|order| run(order, None)));
        let starts = self.starts(state);
        all.extend(
            starts
                .into_iter()
                .map(|start| run(Order::Loosest, Some(start))),
        );
        all
    }

    /// True when it matters for later Pods on which nodes earlier ones are.
    fn has_ties(&self) -> bool {
        !self.spread.is_empty() || self.neighbours.ties() || self.volumes.is_any()
    }

    /// Nodes on which the first Pod can be, where it decides for all that follow.
    fn starts(&self, state: &State<'a>) -> Vec<usize> {
        let mounts = self.volumes.mounts(0, &state.volumes);
        let Ok(mounts) = mounts else {
            return Vec::new();
        };
        let by_domain = self.neighbours.follows_the_first(&state.neighbours);
        if !by_domain && !mounts.ties() {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let mut is_new = |place: usize| {
            let home = self.neighbours.home(place).filter(|_| !mounts.ties());
            home.is_none_or(|home| seen.insert(home))
        };
        let places = 0..self.world.places.len();
        places
            .filter(|place| self.obstacles(state, &mounts, *place).is_empty() && is_new(*place))
            .take(MAX_STARTS)
            .collect()
    }

    fn run(&self, mut state: State<'a>, count: u32, mut search: Search) -> Outcome<'a> {
        let mut places = Vec::new();
        for number in 0..count {
            let next = match &self.refusal {
                Some(why) => Err(Stop::Refused(why.clone())),
                None => self.step(&mut state, &mut search, number),
            };
            match next {
                Ok(place) => places.push(place),
                Err(stop) => {
                    return Outcome {
                        placed: number,
                        places,
                        state,
                        stop: Some(stop),
                    };
                }
            }
        }
        Outcome {
            placed: count,
            places,
            state,
            stop: None,
        }
    }

    /// Places one Pod, and answers where.
    fn step(&self, state: &mut State<'a>, search: &mut Search, number: u32) -> Result<usize, Stop> {
        let mounts = self.volumes.mounts(number, &state.volumes);
        let mounts = mounts.map_err(Stop::Refused)?;
        search.look(self, state, &mounts);
        let Some(place) = search.choose(state) else {
            return Err(self.stop(state, &mounts));
        };
        state.rooms[place].take(&self.needs);
        for (spread, counts) in self.spread.iter().zip(&mut state.spread) {
            spread.placed(place, counts);
        }
        self.neighbours.placed(place, &mut state.neighbours);
        self.volumes
            .placed(&mounts, &mut state.volumes, self.world, place);
        search.last = Some(place);
        Ok(place)
    }

    fn stop(&self, state: &State<'a>, mounts: &Mounts<'a>) -> Stop {
        let places = 0..self.world.places.len();
        Stop::Nodes(
            places
                .map(|place| self.obstacles(state, mounts, place))
                .collect(),
        )
    }

    /// What a node has against the Pod: what the first predicate says that fails.
    fn obstacles(&self, state: &State<'a>, mounts: &Mounts<'a>, place: usize) -> Vec<Obstacle> {
        if let Some(standing) = &self.standing[place] {
            return vec![standing.clone()];
        }
        let found = state.rooms[place].obstacles(&self.needs);
        if found.is_empty() {
            self.later_obstacles(state, mounts, place)
        } else {
            found
        }
    }

    /// What the predicates say that come after those of the node's own room.
    fn later_obstacles(
        &self,
        state: &State<'a>,
        mounts: &Mounts<'a>,
        place: usize,
    ) -> Vec<Obstacle> {
        if self.volumes.is_any() {
            let found = self
                .volumes
                .obstacles(mounts, &state.volumes, self.world, place);
            if !found.is_empty() {
                return found;
            }
        }
        let mut spread = self.spread.iter().zip(&state.spread);
        let found = spread
            .find_map(|(spread, counts)| spread.obstacle(place, counts))
            .or_else(|| self.neighbours.obstacle(place, &state.neighbours));
        found.into_iter().collect()
    }

    /// Everything that each node has against one Pod, in the order of the predicates; `None` when no
    /// node is looked at.
    pub(super) fn all_obstacles(
        &self,
        pod: &Admitted<'a>,
        state: &State<'a>,
    ) -> Option<Vec<Vec<Obstacle>>> {
        let mounts = self.volumes.mounts(0, &state.volumes).ok()?;
        if self.refusal.is_some() {
            return None;
        }
        let names = standing::names(&pod.spec);
        let places = self.world.places.iter().enumerate();
        let of_place = places.map(|(at, place)| {
            let mut found = standing::obstacles(&pod.spec, &names, place);
            found.extend(state.rooms[at].obstacles(&self.needs));
            found.extend(self.later_obstacles(state, &mounts, at));
            found
        });
        Some(of_place.collect())
    }

    /// True when the Pod would fit if the node had this room.
    pub(super) fn fits_with(
        &self,
        state: &State<'a>,
        number: u32,
        place: usize,
        room: &Room,
    ) -> bool {
        let Ok(mounts) = self.volumes.mounts(number, &state.volumes) else {
            return false;
        };
        self.standing[place].is_none()
            && room.obstacles(&self.needs).is_empty()
            && self.later_obstacles(state, &mounts, place).is_empty()
    }

    /// Names of the claims of the first Pod for which volumes have to be made, with their classes.
    pub(super) fn first_mounts(&self) -> Option<Mounts<'a>> {
        self.volumes.mounts(0, &Taken::default()).ok()
    }

    /// Names of the nodes on which the Pod can be now.
    pub(super) fn open(&self) -> impl Iterator<Item = &Text> {
        let places = self.world.places.iter().zip(&self.standing);
        places
            .filter(|(_, standing)| standing.is_none())
            .map(|(place, _)| &place.name)
    }
}

fn refusal(world: &World<'_>, pod: &Admitted<'_>, names: &Names<'_>) -> Option<Unplaceable> {
    if !pod.spec.scheduling_gates.is_empty() {
        Some(Unplaceable::Gated)
    } else if world.places.is_empty() {
        Some(Unplaceable::NoNodes)
    } else if *names == Names::Only(BTreeSet::new()) {
        Some(Unplaceable::NamesConflict)
    } else {
        None
    }
}

/// The nodes that come into question. A node that is full is not looked at again, and nothing is
/// looked at twice unless the last Pod may have changed it.
struct Search {
    order: Order,
    /// The node of the first Pod, when it is given.
    first: Option<usize>,
    open: Vec<usize>,
    fitting: BTreeSet<usize>,
    last: Option<usize>,
}

impl Search {
    fn new(case: &Case<'_>, order: Order, first: Option<usize>) -> Self {
        let places = 0..case.world.places.len();
        Self {
            order,
            first,
            open: places
                .filter(|place| case.standing[*place].is_none())
                .collect(),
            fitting: BTreeSet::new(),
            last: None,
        }
    }

    fn look<'a>(&mut self, case: &Case<'a>, state: &State<'a>, mounts: &Mounts<'a>) {
        let only = self.last.filter(|_| !case.has_ties());
        let open = core::mem::take(&mut self.open);
        self.open = open
            .into_iter()
            .filter(|place| {
                if only.is_some_and(|last| last != *place) {
                    return true;
                }
                let found = case.obstacles(state, mounts, *place);
                if found.is_empty() {
                    self.fitting.insert(*place);
                } else {
                    self.fitting.remove(place);
                }
                !found.iter().any(Obstacle::is_lasting)
            })
            .collect();
    }

    fn choose(&self, state: &State<'_>) -> Option<usize> {
        let is_first = self.last.is_none();
        if let Some(first) = self
            .first
            .filter(|first| is_first && self.fitting.contains(first))
        {
            return Some(first);
        }
        let left = |place: &usize| state.rooms[*place].left();
        let mut fitting = self.fitting.iter().copied();
        match self.order {
            Order::First => fitting.next(),
            Order::Last => fitting.next_back(),
            Order::Tightest => fitting.min_by_key(left),
            // Of equals the first by name.
            Order::Loosest => fitting.min_by_key(|place| core::cmp::Reverse(left(place))),
        }
    }
}
