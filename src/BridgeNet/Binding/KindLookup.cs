using System.Management.Automation;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>
/// Finds objects of one kind: by id where one is known, so that it is never a namesake; by name, id, beginning of an id or wildcard where
/// text was typed. Names are compared as Linux does, with regard to case, in wildcards too.
/// </summary>
/// <param name="noun">The kind.</param>
/// <param name="notFound">The error id for what does not exist.</param>
/// <param name="all">All of them, in their order.</param>
/// <param name="find">One by name, id or beginning of an id.</param>
/// <param name="identity">The id and the name of one.</param>
internal sealed class KindLookup<T>(
    Noun noun,
    string notFound,
    Func<IReadOnlyList<T>> all,
    Func<string, T> find,
    Func<T, (string Id, string Name)> identity
)
    where T : class
{
    private string What => $"{noun}".ToLowerInvariant();

    private string List => $"Get-Bridge{noun} lists those there are";

    /// <summary>What was given, where that is of this kind or text.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="isOther">Whether an id is that of an object of another kind.</param>
    /// <exception cref="BridgeNetException">Not found, AmbiguousId, InvalidWildcard, or WrongObject.</exception>
    public IReadOnlyList<T> Read(GivenObject given, Func<string, bool> isOther)
    {
        if (given.Noun == Noun.Text)
            return ByText(given.Text);
        if (given.Noun != Noun.Row && given.Noun != noun)
            throw Lookup.Wrong(given, noun);
        if (given.Noun == Noun.Row && given.Id is null && given["Name"] is { } name)
            return ByText(name);
        // What Select-Object or JSON left has no type; its id still says what it is.
        if (given.Noun == Noun.Row && given.Id is { } id && TryFind(id) is null && isOther(id))
            throw Lookup.Wrong(given, noun);
        return [ByIdentity(given, given.Id, given["Name"])];
    }

    /// <summary>The one that was given; a wildcard has to mean one.</summary>
    public T ReadOne(GivenObject given, Func<string, bool> isOther) =>
        Read(given, isOther) is [var one]
            ? one
            : throw new BridgeNetException(
                notFound,
                ProblemCategory.ObjectNotFound,
                $"'{given}' means none or several {What}s, where one is needed; give a name or an id.",
                given.Text
            );

    /// <summary>One by its id, or by its name where no id is known.</summary>
    public T ByIdentity(GivenObject given, string? id, string? name)
    {
        if ((id ?? name) is not { } sought)
        {
            throw new BridgeNetException(
                ErrorIds.WrongObject,
                ProblemCategory.InvalidArgument,
                $"What was given has neither the id nor the name of a {What}; give a name, an id or what Get-Bridge{noun} gives.",
                given.Text
            );
        }
        // A name is also tried as the beginning of an id, which an object's never is.
        if (TryFind(sought) is { } found && (id is null ? identity(found).Name == name : identity(found).Id == id))
            return found;
        if (id is null)
            throw new BridgeNetException(notFound, ProblemCategory.ObjectNotFound, $"There is no {What} '{name}'; {List}.", name);
        bool again = name is not null && TryFind(name) is { } other && identity(other).Name == name;
        string since = again ? $", and another of that name was created since; get it anew with Get-Bridge{noun}" : $"; {List}";
        throw new BridgeNetException(
            notFound,
            ProblemCategory.ObjectNotFound,
            $"The {What} {(name is null ? "" : $"'{name}' ")}with the id {id[..12]} was removed{since}.",
            name ?? id
        );
    }

    /// <summary>One by name, id or beginning of an id; null where there is none.</summary>
    public T? TryFind(string sought)
    {
        try
        {
            return find(sought);
        }
        catch (BridgeNetException missing) when (missing.Problems.All(IsMissing))
        {
            return null;
        }
    }

    private bool IsMissing(Problem problem) => problem.ErrorId == notFound || problem.ErrorId == ErrorIds.AmbiguousId;

    private IReadOnlyList<T> ByText(string text)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(text))
            return [find(text)];
        try
        {
            WildcardPattern pattern = new(text);
            return [.. all().Where(item => pattern.IsMatch(identity(item).Name))];
        }
        catch (WildcardPatternException)
        {
            throw new BridgeNetException(
                ErrorIds.InvalidWildcard,
                ProblemCategory.InvalidArgument,
                $"'{text}' is not a wildcard: a '[' needs its ']'; write such as web*, web? or web[12].",
                text
            );
        }
    }
}
