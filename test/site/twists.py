"""What happens to sections and activities that makes one look like two, or another: `before` and
`after`. Which sections that concerns follows from the seed alone."""

FROM_THE_BEGINNING = ("two sections of one name", "two sections with each other's slug")
LATER = ("renamed section", "renamed activity", "unpublished activity", "late registration",
         "statistics that are no longer on their page")


CARDS = 12


def is_sound(activity):
    return not (activity.fault or activity.error or activity.spoilt)


class Twists:
    def __init__(self, network, when):
        """Before what depends on names, slugs and activities is made. when: None, before, after."""
        self.network, self.after = network, when == "after"
        self.slugs = {}  # by what happened: the slugs that show whether it was understood
        self.redirects = []  # of the sites: site, old path, new path
        self.refused = []  # paths
        self.kept = set()  # slugs of sections whose figures stay, as their page has none
        if when is None:
            return
        sound = [s for s in network.sections
                 if s.guessable and not (s.old_slug or s.fault or s.errors) and s.listed
                 and s.cards == CARDS and sum(map(is_sound, s.activities)) > 2]
        at = next(i for i, s in enumerate(sound) if s.site_slug.startswith("esn-"))
        namesake, other = sound[at:at + 2]
        del sound[at:at + 2]
        # An old page is not looked at again soon.
        self.moved, self.withdrawn = [s for s in sound if any(
            is_sound(a) and a.start > network.today for a in s.activities)][:2]
        left, right, self.renamed, self.late, self.broken = [
            s for s in sound if s not in (self.moved, self.withdrawn)][:5]
        self.namesakes = namesake, other
        other.name, other.site_slug = namesake.name, namesake.site_slug + "-0"
        self.note(FROM_THE_BEGINNING[0], namesake, other)
        left.site_slug, right.site_slug = right.site_slug, left.site_slug
        self.note(FROM_THE_BEGINNING[1], left, right)
        self.change()
        for activity in network.activities:
            activity.organisers = [(s.site_slug, s.name, s) if s else (slug, name, s)
                                   for slug, name, s in activity.organisers]

    def exchange(self):
        """Nothing says which of two sections of one name has which slug. They have each other's
        then, and the sites are the same."""
        namesake, other = self.namesakes
        for name in ("country", "slug", "listed", "info", "errors"):
            ours, theirs = getattr(namesake, name), getattr(other, name)
            setattr(namesake, name, theirs)
            setattr(other, name, ours)
        self.note(FROM_THE_BEGINNING[0], namesake, other)

    def note(self, what, *things):
        self.slugs[what] = [slug for thing in things
                            for slug in (thing.slug, getattr(thing, "site_slug", None)) if slug]

    def change(self):
        late = [a for a in self.late.activities if is_sound(a)][-1]
        moved, withdrawn = (max(filter(is_sound, s.activities), key=lambda a: a.start)
                            for s in (self.moved, self.withdrawn))
        if not self.after:
            self.leave_out(late)
            return
        self.note(LATER[3], late)
        old = self.renamed.slug
        self.renamed.slug, self.renamed.name = old + "-x", self.renamed.name + " City"
        self.redirects.append(("accounts", f"/section/{old}", f"/section/{self.renamed.slug}"))
        self.note(LATER[0], self.renamed)
        old, moved.slug, moved.title = moved.slug, moved.slug + "-renamed", "Renamed"
        self.redirects.append(("activities", f"/activity/{old}", f"/activity/{moved.slug}"))
        self.note(LATER[1], moved)
        self.note(LATER[2], withdrawn)
        self.leave_out(withdrawn)
        self.refused.append(f"/activity/{withdrawn.slug}")
        self.note(LATER[4], self.broken)

    def leave_out(self, activity):
        self.network.activities.remove(activity)
        for _, _, section in activity.organisers:
            if section:
                section.activities.remove(activity)

    def break_statistics(self):
        """After the statistics are made: those of one section are gone from its page."""
        if self.after and self.broken.statistics:
            self.kept.add(self.broken.slug)
            self.broken.statistics, self.broken.statistics_form = None, "bare"
