using System.Collections;
using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>Refuses what names nothing, such as a variable that is not set: it must not stand for all.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NamedAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (NamesNothing(arguments, nesting: 4))
            throw new ValidationMetadataException("The argument is null or empty; give a name, an id or an object.");
    }

    private static bool NamesNothing(object? value, int nesting) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            null or "" => true,
            IEnumerable many and not (string or IDictionary) when nesting > 0 => many.Cast<object?>()
                .Select(item => NamesNothing(item, nesting - 1))
                .DefaultIfEmpty(true)
                .Any(static nothing => nothing),
            _ => false,
        };
}
