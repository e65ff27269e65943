<?php

namespace App;

use Slug\Slug;

final class Page
{
    public static function answer(string $title): string
    {
        return Slug::of($title) . "\n";
    }
}
