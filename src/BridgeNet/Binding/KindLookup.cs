using System.Management.Automation;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>
/// Finds objects of one kind: by id where it is known, so never another object of the same name; by name, id, prefix of an id or wildcard
/// where
/// text was typed. Names are case-sensitive, as in Linux, in wildcards too.
/// </summary>
/// <param name="noun">The kind.</param>
/// <param name="notFound">The error id for what does not exist.</param>
/// <param name="all">All of them, in their order.</param>
/// <param name="find">Finds one by name, id or prefix of an id.</param>
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

    private string List => $"Get-Bridge{noun} lists the existing ones";

    /// <summary>The objects that a text or an object of this kind refers to.</summary>
    /// <param name="given">The given value.</param>
    /// <param name="isOther">Whether an id belongs to an object of another kind.</param>
    /// <exception cref="BridgeNetException">Not found, AmbiguousId, InvalidWildcard, or WrongObject.</exception>
    public IReadOnlyList<T> Read(GivenObject given, Func<string, bool> isOther)
    {
        if (given.Noun == Noun.Text)
            return ByText(given.Text);
        if (given.Noun != Noun.Row && given.Noun != noun)
            throw Lookup.Wrong(given, noun);
        if (given.Noun == Noun.Row && given.Id is null && given["Name"] is { } name)
            return ByText(name);
        // An object from Select-Object or JSON has no type; its id still identifies it.
        if (given.Noun == Noun.Row && given.Id is { } id && TryFind(id) is null && isOther(id))
            throw Lookup.Wrong(given, noun);
        return [ByIdentity(given, given.Id, given["Name"])];
    }

    /// <summary>The one given object; a wildcard must match exactly one.</summary>
    public T ReadOne(GivenObject given, Func<string, bool> isOther) =>
        Read(given, isOther) is [var one]
            ? one
            : throw new BridgeNetException(
                notFound,
                ProblemCategory.ObjectNotFound,
                $"'{given}' matches none or several {What}s, but one is required; give a name or an id.",
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
                $"The object has neither the id nor the name of a {What}; give a name, an id or an object from Get-Bridge{noun}.",
                given.Text
            );
        }
        // A name is also tried as a prefix of an id; the name of an object never is one.
        if (TryFind(sought) is { } found && (id is null ? identity(found).Name == name : identity(found).Id == id))
            return found;
        if (id is null)
            throw new BridgeNetException(notFound, ProblemCategory.ObjectNotFound, $"There is no {What} '{name}'; {List}.", name);
        bool again = name is not null && TryFind(name) is { } other && identity(other).Name == name;
        string since = again ? $", and another one was created with that name; get it with Get-Bridge{noun}" : $"; {List}";
        throw new BridgeNetException(
            notFound,
            ProblemCategory.ObjectNotFound,
            $"The {What} {(name is null ? "" : $"'{name}' ")}with the id {id[..12]} was removed{since}.",
            name ?? id
        );
    }

    /// <summary>One by name, id or prefix of an id; null if none exists.</summary>
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
