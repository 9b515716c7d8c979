# Get-Help is complete for whatever the module exports. The help file is made of the sources by src/BridgeNet/Help.ps1.
BeforeDiscovery { $names = (Import-PowerShellDataFile (Join-Path $PSScriptRoot .. .. BridgeNet.psd1)).CmdletsToExport | Sort-Object }

BeforeAll {
    $root = Join-Path $PSScriptRoot .. ..
    $names = (Import-PowerShellDataFile (Join-Path $root BridgeNet.psd1)).CmdletsToExport
    . $PSScriptRoot/Lab.ps1
    Invoke-Pwsh -NoProfile -File (Join-Path $PSScriptRoot .. .. src BridgeNet Help.ps1) | Out-Null
}

Describe 'Get-Help <_>' -ForEach $names {
    BeforeAll { $help = Get-Help $_ -Full }

    It 'has a synopsis and a description' {
        $help.Synopsis | Should -Match '^[A-Z].*\.$'
        $help.description.Text | Should -Match '^[A-Z].*\.$'
    }

    It 'describes every parameter' {
        $parameters = (Get-Command $_).Parameters.Keys | Where-Object { $_ -notin [Management.Automation.Cmdlet]::CommonParameters }
        $help.parameters.parameter.name | Should -Be ($parameters | Sort-Object)
        foreach ($parameter in $help.parameters.parameter) { $parameter.description.Text | Should -Match '^[A-Z].*\.$' -Because $parameter.name }
    }

    It 'has every parameter set' {
        $help.syntax.syntaxItem | Should -HaveCount (Get-Command $_).ParameterSets.Count
    }

    It 'has examples that are commands of this cmdlet, each with a sentence' {
        $help.examples.example | Should -Not -BeNullOrEmpty
        foreach ($example in $help.examples.example) {
            $problems = $null
            [Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $problems) | Out-Null
            $problems | Should -BeNullOrEmpty
            $example.code | Should -Match ([regex]::Escape($_))
            $example.remarks[0].Text | Should -Match '^[A-Z].*\.$'
        }
    }

    It 'leads to the cmdlets of the same noun, and to pages that exist' {
        $noun = $_.Split('-')[1]
        $links = $help.relatedLinks.navigationLink
        $links.linkText | Should -Not -Contain $_
        foreach ($name in $names -like "*-$noun" -ne $_) { $name | Should -BeIn $links.linkText }
        foreach ($name in $links.linkText -like '*-Bridge*') { Get-Command $name | Should -Not -BeNullOrEmpty }
        foreach ($page in $links.linkText -like 'docs/*') { Join-Path $root $page | Should -Exist }
    }

    It 'has a page for -Online' {
        $project = (Get-Module BridgeNet).ProjectUri
        [uri] $page = ($help.relatedLinks.navigationLink.uri -ne '')[0]
        $page.AbsoluteUri | Should -BeLike "$project/blob/main/*"
        Join-Path $root $page.AbsolutePath.Split('/blob/main/')[1] | Should -Exist
    }
}

Describe 'Get-Help about_BridgeNet' {
    It 'is there' { Get-Help about_BridgeNet | Out-String | Should -Match 'New-BridgeNetwork web' }
}
