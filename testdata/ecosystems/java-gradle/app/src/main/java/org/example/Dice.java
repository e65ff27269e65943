package org.example;

import java.util.Random;

/** Ten throws that are always the same. */
public final class Dice {
    public static void main(String[] args) {
        new Random(7).ints(10, 1, 7).forEach(System.out::println);
    }
}
